// Requests as they go over the wire, and what an answer has to look like.

import assert from 'node:assert/strict'
import http from 'node:http'
import { ORIGIN } from './server.mjs'

/** One request on a connection of its own; redirects are not followed, and 10 s is all it waits. */
export function send(method, path, { body, headers = {}, from } = {}) {
  const url = new URL(path, ORIGIN)
  const form = body instanceof URLSearchParams
  const sent = body && (form ? `${body}` : JSON.stringify(body))
  const type = sent && { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json', 'content-length': Buffer.byteLength(sent) }
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...type, ...headers }, agent: false, localAddress: from, timeout: 10_000 }
    const request = http.request(url, options, async response => {
      let text = ''
      for await (const part of response) text += part
      const json = /json/.test(response.headers['content-type']) ? JSON.parse(text) : undefined
      resolve({ status: response.statusCode, headers: response.headers, text, json })
    })
    request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer in 10 s`)))
    request.on('error', reject)
    request.end(sent)
  })
}

export const token = (form, options) => send('POST', '/oauth/token', { body: new URLSearchParams(form), ...options })

/** One MCP request of the era that Claude opens with. */
export function mcp(method, params, bearer, options = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'claude-ai', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-method': method }
  if (params.name) headers['mcp-name'] = params.name
  if (bearer) headers.authorization = `Bearer ${bearer}`
  return send('POST', options.path ?? '/mcp', { body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }, headers })
}

/** What a 401 says beside its status. */
export function challenge(answer) {
  const header = answer.headers['www-authenticate'] ?? ''
  assert.match(header, /^Bearer /)
  return Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))
}

/** The tokens of an answer that must be one. */
export function tokens(answer) {
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.headers['cache-control'], /no-store/)
  assert.equal(answer.json.token_type.toLowerCase(), 'bearer')
  assert.equal(answer.json.expires_in, 3600)
  assert.match(answer.json.access_token, /^axt_/)
  assert.match(answer.json.refresh_token, /^axr_/)
  return answer.json
}

/** That an answer is this error. */
export function refused(answer, error, status = 400) {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.json.error, error)
  assert.match(answer.headers['cache-control'], /no-store/)
}
