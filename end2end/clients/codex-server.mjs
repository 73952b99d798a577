// Codex in a home of its own, and its app-server, which calls tools for a user interface without asking a model.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../node_modules/.bin/codex', import.meta.url))
const work = fileURLToPath(new URL('../.work/', import.meta.url))

/** A home, so that neither the developer's settings are read nor anything of ours is left; `env` is all that Codex sees besides. */
export function newCodex(env, { features = '', servers = '' } = {}) {
  // Not under /tmp: Codex declines to put its helper programs there.
  mkdirSync(work, { recursive: true })
  const home = mkdtempSync(join(work, 'codex-'))
  process.on('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))
  // No model is asked and nothing outside this machine is called: plugins and apps would be fetched,
  // and the provider's socket opened, at every start. Sign-ins are kept in a file, as there is no keyring.
  writeFileSync(
    join(home, 'config.toml'),
    `model_provider = "nobody"
check_for_update_on_startup = false
mcp_oauth_credentials_store = "file"

[model_providers.nobody]
name = "nobody"
base_url = "http://127.0.0.1:9/v1"

[features]
plugins = false
apps = false
${features}

${servers}
`,
  )
  const all = { PATH: process.env.PATH, HOME: home, CODEX_HOME: home, ...env }
  const codex = (...args) => execFileSync(process.execPath, [bin, ...args], { env: all, stdio: 'pipe', timeout: 60_000 })
  return { home, env: all, codex }
}

/** `codex app-server` over stdio, with a thread, in which alone tools can be called. */
export async function appServer({ home, env }) {
  const server = spawn(process.execPath, [bin, 'app-server'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  const waiting = new Map()
  createInterface({ input: server.stdout }).on('line', line => {
    const { id, result, error } = JSON.parse(line)
    waiting.get(id)?.({ result, error })
    waiting.delete(id)
  })
  server.on('exit', code => waiting.forEach(answer => answer({ error: { message: `app-server ended with ${code}` } })))
  const write = message => server.stdin.write(`${JSON.stringify(message)}\n`)

  /** One request; what the server says unasked is not our concern here. */
  async function ask(method, params) {
    const id = `${method} ${waiting.size} ${performance.now()}`
    const answer = new Promise((resolve, reject) => {
      waiting.set(id, resolve)
      setTimeout(reject, 30_000, new Error(`no answer to ${method} in 30 s`)).unref()
    })
    write({ id, method, params })
    const { result, error } = await answer
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }

  /** Ends it before its home is gone: it writes there until the end. */
  async function end() {
    const ended = once(server, 'exit')
    server.kill()
    await ended
  }

  try {
    await ask('initialize', { clientInfo: { name: 'axanta-end2end', version: '1' }, capabilities: { experimentalApi: true } })
    write({ method: 'initialized' })
    const threadId = (await ask('thread/start', { cwd: home })).thread.id
    return {
      ask,
      end,
      status: async name => (await ask('mcpServerStatus/list', { detail: 'full' })).data.find(status => status.name === name),
      call: (name, tool, args) => ask('mcpServer/tool/call', { threadId, server: name, tool, arguments: args }),
    }
  } catch (error) {
    await end()
    throw error
  }
}
