// Codex itself, set up by the line the README gives, and driven through its app-server, which calls
// tools for a user interface without asking a model. `node codex.mjs legacy|modern`

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { KEY, URL_, WRONG_KEY, check, exercise, finish } from './checks.mjs'

const era = process.argv[2]
const bin = fileURLToPath(new URL('../node_modules/.bin/codex', import.meta.url))

// A home of its own, so that neither the developer's settings are read nor anything of ours is left.
// Not under /tmp: Codex declines to put its helper programs there.
const work = fileURLToPath(new URL('../.work/', import.meta.url))
mkdirSync(work, { recursive: true })
const home = mkdtempSync(join(work, 'codex-'))
process.on('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))

// No model is asked and nothing outside this machine is called: plugins and apps would be fetched,
// and the provider's socket opened, at every start.
writeFileSync(
  join(home, 'config.toml'),
  `model_provider = "nobody"
check_for_update_on_startup = false

[model_providers.nobody]
name = "nobody"
base_url = "http://127.0.0.1:9/v1"

[features]
plugins = false
apps = false
mcp_2026_07_28 = ${era === 'modern'}
`,
)

const env = { PATH: process.env.PATH, HOME: home, CODEX_HOME: home, AXANTA_MCP_KEY: KEY, AXANTA_WRONG_KEY: WRONG_KEY }
const codex = (...args) => execFileSync(process.execPath, [bin, ...args], { env, stdio: 'pipe', timeout: 30_000 })
codex('mcp', 'add', 'axanta', '--url', URL_, '--bearer-token-env-var', 'AXANTA_MCP_KEY')
codex('mcp', 'add', 'wrong', '--url', URL_, '--bearer-token-env-var', 'AXANTA_WRONG_KEY')

const server = spawn(process.execPath, [bin, 'app-server'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
const waiting = new Map()
createInterface({ input: server.stdout }).on('line', line => {
  const { id, result, error } = JSON.parse(line)
  waiting.get(id)?.({ result, error })
  waiting.delete(id)
})
server.on('exit', code => waiting.forEach(answer => answer({ error: { message: `app-server ended with ${code}` } })))

/** One request over stdio; what the server says unasked is not our concern here. */
async function ask(method, params) {
  const id = `${method} ${waiting.size} ${performance.now()}`
  const answer = new Promise((resolve, reject) => {
    waiting.set(id, resolve)
    setTimeout(reject, 30_000, new Error(`no answer to ${method} in 30 s`)).unref()
  })
  server.stdin.write(`${JSON.stringify({ id, method, params })}\n`)
  const { result, error } = await answer
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

const status = async name => (await ask('mcpServerStatus/list', { detail: 'full' })).data.find(s => s.name === name)
const call = (name, tool, args) => ask('mcpServer/tool/call', { threadId, server: name, tool, arguments: args })

let threadId
await check('the app-server starts, with a thread in which the server is connected', async () => {
  await ask('initialize', { clientInfo: { name: 'axanta-end2end', version: '1' }, capabilities: { experimentalApi: true } })
  server.stdin.write(`${JSON.stringify({ method: 'initialized' })}\n`)
  threadId = (await ask('thread/start', { cwd: home })).thread.id
  const { serverInfo, toolsError } = await status('axanta')
  assert.equal(toolsError ?? null, null)
  assert.match(serverInfo.name, /axanta/i)
})

await exercise({
  listTools: async () => Object.keys((await status('axanta')).tools),
  call: (tool, args) => call('axanta', tool, args),
  listResources: async () => (await status('axanta')).resources.map(({ uri }) => uri),
  readResource: async uri => (await ask('mcpServer/resource/read', { server: 'axanta', uri })).contents[0].text,
})

await check('a wrong key surfaces as missing authorization', async () => {
  await assert.rejects(call('wrong', 'get_context', {}), /Auth required|401/)
})

// Gone before its home is: it writes there until the end.
const ended = once(server, 'exit')
server.kill()
await ended
finish()
