// What must hold between processes: servers that share a database keep one limit and see one truth, and what
// a command changes holds on a running server within a second. `node processes.mjs PID=URL…`
// The commands reach the database by the same environment as the servers.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { check, finish } from './clients/checks.mjs'

const servers = process.argv.slice(2).map(arg => {
  const [, pid, url] = arg.match(/^(\d+)=(.*)$/)
  return { pid: Number(pid), url }
})
const SALES = 'report.sales.analysis'
const PROTOCOL = '2026-07-28'

/** Runs a command of the product; what it prints comes back without the last line's end. */
async function axanta(...args) {
  const { stdout } = await promisify(execFile)(process.env.AXANTA_BIN, args, { maxBuffer: 64 << 20 })
  return stdout.trimEnd()
}

const newKey = (name, limit = 100_000) =>
  axanta('key', 'generate', 'demo', '--name', name, '--scope', 'read', '--rate-limit', String(limit))

function headersOf(key, tool) {
  return {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': PROTOCOL,
    'mcp-method': 'tools/call',
    'mcp-name': tool,
  }
}

const bodyOf = (tool, args) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: tool,
      arguments: args,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': PROTOCOL,
        'io.modelcontextprotocol/clientInfo': { name: 'axanta-end2end', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  })

/** One call as it goes over the wire, so that the status is seen as well as the result. */
async function call(server, key, tool = 'get_context', args = {}) {
  const response = await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: headersOf(key, tool),
    body: bodyOf(tool, args),
  })
  const text = await response.text()
  const body = /json/.test(response.headers.get('content-type')) ? JSON.parse(text) : text
  return { status: response.status, result: body.result, text, retryAfter: response.headers.get('retry-after') }
}

/** Makes the change, then asks every server until it heeds it, and on for a while: it must not waver. */
async function holdsWithinASecond(change, heeded) {
  await change()
  const from = performance.now()
  await Promise.all(
    servers.map(async server => {
      while (!(await heeded(server))) {
        const waited = performance.now() - from
        assert.ok(waited < 1000, `${server.url} still had not heeded it after ${Math.round(waited)} ms`)
        await sleep(25)
      }
      for (let i = 0; i < 5; i += 1) {
        await sleep(50)
        assert.ok(await heeded(server), `${server.url} went back on it`)
      }
    }),
  )
}

const key = await newKey('processes')

await check(`every server answers (${servers.length} of them)`, async () => {
  for (const server of servers) assert.equal((await call(server, key)).status, 200)
})

// Far less than a minute passes, so not one call more than LIMIT may pass, and not one less.
const LIMIT = 20
async function flood(name, serverOf) {
  const limited = await newKey(name, LIMIT)
  const answers = []
  for (let round = 0; round < 10; round += 1)
    answers.push(...(await Promise.all([0, 1, 2, 3, 4, 5].map(i => call(serverOf(i), limited)))))
  assert.equal(answers.filter(({ status }) => status === 200).length, LIMIT)
  const refused = answers.filter(({ status }) => status !== 200)
  for (const { status, retryAfter } of refused) {
    assert.equal(status, 429)
    assert.match(retryAfter ?? '', /^[1-9]\d*$/)
  }
  return limited
}

await check('a key keeps its rate limit over all servers together', () => flood('all', i => servers[i % servers.length]))

await check('a key may spend its whole limit on one server, and then has none left on another', async () => {
  const spent = await flood('one', () => servers[0])
  assert.equal((await call(servers.at(-1), spent)).status, 429)
})

await check('a new key works, and a revoked one does not, within a second', async () => {
  let doomed
  await holdsWithinASecond(
    async () => (doomed = await newKey('doomed')),
    async server => (await call(server, doomed)).status === 200,
  )
  const { id } = JSON.parse(await axanta('key', 'list', 'demo', '--json')).find(({ name }) => name === 'doomed')
  await holdsWithinASecond(
    () => axanta('key', 'revoke', String(id)),
    async server => (await call(server, doomed)).status === 401,
  )
})

await check('a policy that is removed closes a model within a second, and opens it again', async () => {
  const count = server => call(server, key, 'count_records', { model: SALES })
  assert.ok((await count(servers[0])).result.structuredContent.total > 0)
  await holdsWithinASecond(
    () => axanta('policy', 'remove', SALES),
    async server => {
      const { result, text } = await count(server)
      return result?.isError === true && /Model policy/.test(text)
    },
  )
  await holdsWithinASecond(
    () => axanta('policy', 'set', SALES, '--allow', 'read'),
    async server => !(await count(server)).result?.isError,
  )
})

await check('max_records clamps what a search gives within a second', async () => {
  const rows = async server =>
    (await call(server, key, 'search_records', { model: SALES, fields: ['date'], limit: 80 })).result?.structuredContent
      ?.records?.length
  assert.equal(await rows(servers[0]), 80)
  await holdsWithinASecond(() => axanta('settings', 'set', 'max_records', '7'), async server => (await rows(server)) === 7)
  await holdsWithinASecond(() => axanta('settings', 'set', 'max_records', '200'), async server => (await rows(server)) === 80)
})

await check('edited instructions are delivered fresh within a second', async () => {
  const { instructions } = JSON.parse(await axanta('settings', 'show', '--json'))
  const says = async (server, word) => (await call(server, key)).text.includes(word)
  await holdsWithinASecond(
    () => axanta('settings', 'set', 'instructions', `${instructions}\nSay quux.`),
    server => says(server, 'quux'),
  )
  await axanta('settings', 'set', 'instructions', instructions)
})

await check('MCP Server that is disabled answers 503 within a second, and says why', async () => {
  await holdsWithinASecond(
    () => axanta('settings', 'set', 'mcp_enabled', 'false'),
    async server => {
      const { status, text } = await call(server, key)
      return status === 503 && /MCP Server/.test(text)
    },
  )
  await holdsWithinASecond(
    () => axanta('settings', 'set', 'mcp_enabled', 'true'),
    async server => (await call(server, key)).status === 200,
  )
})

await check('a module that is uninstalled answers 404 within a second, and is back when installed', async () => {
  await holdsWithinASecond(
    () => axanta('module', 'uninstall', 'mcp_server'),
    async server => (await call(server, key)).status === 404,
  )
  await holdsWithinASecond(
    () => axanta('module', 'install', 'mcp_server'),
    async server => (await call(server, key)).status === 200,
  )
})

await check('a stopping server finishes what it has begun and loses no line of the log', async () => {
  const witness = await newKey('witness')
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => call(servers[i % servers.length], witness, 'count_records', { model: SALES })),
  )
  for (const { status } of answers) assert.equal(status, 200)

  // Half a request is on its way when the signal comes; the other half follows.
  const body = bodyOf('get_context', {})
  const slow = servers.map(({ url }) => {
    const headers = { ...headersOf(witness, 'get_context'), 'content-length': Buffer.byteLength(body) }
    const request = http.request(`${url}/mcp`, { method: 'POST', headers })
    const status = new Promise((resolve, reject) => {
      request.on('response', response => resolve(response.resume().statusCode)).on('error', reject)
    })
    request.write(body.slice(0, 20))
    return { request, status }
  })
  await sleep(200)
  for (const { pid } of servers) process.kill(pid, 'SIGTERM')
  await sleep(200)
  for (const { request } of slow) request.end(body.slice(20))
  for (const { status } of slow) assert.equal(await status, 200)

  const closed = ({ url }) => fetch(`${url}/health`).then(() => false, () => true)
  for (const server of servers) while (!(await closed(server))) await sleep(50)

  const log = JSON.parse(await axanta('log', 'list', '--json', '--limit', '100000'))
  const told = log.filter(row => row.key_name === 'witness' && row.tool === 'count_records' && row.outcome === 'allowed')
  assert.equal(told.length, answers.length)
  assert.doesNotMatch(JSON.stringify(log), /axk_[A-Za-z0-9]{40}/, 'a key stands in the log')
})

finish()
