// mcp-remote, which brings a server with OAuth to programs that know only stdio: the program before it is the
// TypeScript client, the browser behind it is ours. `node mcp-remote.mjs`

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { check, finish } from '../clients/checks.mjs'
import { SALES, URL_, newClient, scopeVerdict, scopes } from './server.mjs'

const here = path => fileURLToPath(new URL(path, import.meta.url))
const homes = []
process.on('exit', () => homes.forEach(home => rmSync(home, { recursive: true, force: true })))

/** A person's home, where mcp-remote keeps its sign-ins, and the file that tells what the browser was sent to. */
function newHome() {
  const home = mkdtempSync(join(tmpdir(), 'axanta-mcp-remote-'))
  homes.push(home)
  const opened = join(home, 'opened')
  const kept = name => {
    const file = readdirSync(join(home, 'kept'), { recursive: true }).find(entry => entry.endsWith(`_${name}.json`))
    return join(home, 'kept', file)
  }
  return {
    env: { PATH: process.env.PATH, HOME: home, MCP_REMOTE_CONFIG_DIR: join(home, 'kept'), BROWSER: here('open'), AXANTA_SECRETS: process.env.AXANTA_SECRETS, AXANTA_OPENED: opened },
    opened: () => (existsSync(opened) ? readFileSync(opened, 'utf8').trim().split('\n') : []),
    tokens: () => JSON.parse(readFileSync(kept('tokens'), 'utf8')),
    keep: tokens => writeFileSync(kept('tokens'), JSON.stringify(tokens)),
  }
}

/** Starts mcp-remote as a desktop program would, asks one thing and ends it. */
async function ask(home, args, tool, input) {
  const client = new Client({ name: 'axanta-end2end', version: '1' })
  const command = { command: process.execPath, args: [here('../node_modules/mcp-remote/dist/proxy.js'), URL_, ...args] }
  const transport = new StdioClientTransport({ ...command, env: home.env, stderr: 'pipe' })
  let said = ''
  transport.stderr.on('data', text => (said += text))
  try {
    await client.connect(transport)
    const { tools } = await client.listTools()
    assert.ok(tools.some(({ name }) => name === tool))
    const result = await client.callTool({ name: tool, arguments: input })
    assert.ok(!result.isError, JSON.stringify(result.content))
    return result
  } catch (error) {
    throw new Error(`${error.message}\n${said}`)
  } finally {
    await client.close()
  }
}

async function walk(how, args, granted) {
  const home = newHome()

  await check(`${how}: opens the browser once, signs in and calls a tool`, async () => {
    const { structuredContent } = await ask(home, args, 'count_records', { model: SALES })
    assert.ok(structuredContent.total > 0)
    assert.equal(home.opened().length, 1)
  })

  await check(`${how}: is granted ${granted.join(' ')}, which the scope then says as well`, async () => {
    assert.deepEqual(scopes(home.tokens().scope), granted)
    const result = await ask(home, args, 'explain_access', { model: SALES, operation: 'write' })
    assert.equal(scopeVerdict(result), granted.includes('mcp:write') ? 'passed' : 'failed')
    assert.equal(home.opened().length, 1)
  })

  for (const [what, spoilt] of [
    ['an expired token is refreshed before it is used', { expires_at: 1 }],
    ['a token that is no good is refreshed after the 401', { access_token: `axt_${'0'.repeat(43)}` }],
  ])
    await check(`${how}: ${what}, and no browser opens`, async () => {
      const before = home.tokens()
      home.keep({ ...before, ...spoilt })
      await ask(home, args, 'get_context', {})
      assert.notEqual(home.tokens().refresh_token, before.refresh_token)
      assert.deepEqual(scopes(home.tokens().scope), granted)
      assert.equal(home.opened().length, 1)
    })
}

await walk('mcp-remote registers itself', [], ['mcp:read', 'offline_access'])

const { client_id, client_secret } = await newClient('mcp-remote', 'http://localhost/oauth/callback')
const given = JSON.stringify({ client_id, client_secret })
await walk('mcp-remote with a client that was made for it', ['--static-oauth-client-info', given], ['mcp:read', 'mcp:write', 'offline_access'])

finish()
