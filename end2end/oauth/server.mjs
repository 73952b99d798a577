// What the OAuth clients need of the server under test: its commands, clients made by them, and a place to be sent
// back to.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { promisify } from 'node:util'

export const URL_ = process.env.AXANTA_URL
export const ORIGIN = new URL(URL_).origin
export const SALES = 'report.sales.analysis'

/** Runs a command of the product; what it prints comes back without the last line's end. */
export async function axanta(...args) {
  const { stdout } = await promisify(execFile)(process.env.AXANTA_BIN, args, { maxBuffer: 64 << 20 })
  return stdout.trimEnd()
}

/** A client as an administrator makes one: `{ client_id, client_secret }`. */
export async function newClient(name, redirectUri, allow = 'read,write') {
  return JSON.parse(await axanta('oauth-client', 'add', name, '--redirect-uri', redirectUri, '--allow', allow))
}

/**
 * A client's place to be sent back to, on a free port: `{ redirectUri, close() }`, and `arrived()`, which
 * waits for the next visitor and gives its parameters.
 */
export async function callback(path = '/callback') {
  const waiting = []
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, redirectUri)
    if (url.pathname === path) waiting.shift()?.(url.searchParams)
    response.end('You may close this page.')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const redirectUri = `http://127.0.0.1:${server.address().port}${path}`
  return { redirectUri, arrived: () => new Promise(resolve => waiting.push(resolve)), close: () => server.close() }
}

/** What is granted, however it is ordered. */
export const scopes = text => (text ?? '').split(' ').filter(Boolean).sort()

/** What the gate of the scope says of a write, as `explain_access` tells it: passed or failed. */
export function scopeVerdict(result) {
  const { steps } = result.structuredContent
  return steps.find(({ gate }) => gate === 'scope')?.verdict
}
