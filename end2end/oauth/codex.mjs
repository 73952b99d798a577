// `codex mcp login` with our browser, by each way in which Codex can name itself; then its app-server lists and calls
// with the token it got. `node codex.mjs`

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { check, finish } from '../clients/checks.mjs'
import { appServer, newCodex } from '../clients/codex-server.mjs'
import { SALES, URL_, newClient, scopeVerdict, scopes } from './server.mjs'

const open = fileURLToPath(new URL('open', import.meta.url))
const servers = `[mcp_servers.axanta]\nurl = ${JSON.stringify(URL_)}\n`

/** Codex in a home where it has one server to sign in to; `given` is what its settings say of the client. */
function newHome(given = '') {
  const env = { BROWSER: open, AXANTA_SECRETS: process.env.AXANTA_SECRETS }
  const codex = newCodex(env, { servers: servers + given })
  codex.env.AXANTA_OPENED = join(codex.home, 'opened')
  const kept = join(codex.home, '.credentials.json')
  return {
    ...codex,
    opened: () => (existsSync(codex.env.AXANTA_OPENED) ? readFileSync(codex.env.AXANTA_OPENED, 'utf8').trim().split('\n') : []),
    // One entry, as there is one server.
    signIn: () => Object.values(JSON.parse(readFileSync(kept, 'utf8')))[0],
    change: values => {
      const all = JSON.parse(readFileSync(kept, 'utf8'))
      Object.assign(Object.values(all)[0], values)
      writeFileSync(kept, JSON.stringify(all))
    },
  }
}

async function walk(how, codex, args, { granted, known }) {
  await check(`${how}: codex mcp login opens the browser once and is signed in`, async () => {
    const said = `${codex.codex('mcp', 'login', 'axanta', ...args)}`
    assert.match(said, /Successfully logged in/)
    assert.equal(codex.opened().length, 1)
    const { searchParams } = new URL(codex.opened()[0])
    assert.equal(searchParams.get('resource'), URL_)
    assert.match(searchParams.get('client_id'), known)
    assert.deepEqual(scopes(codex.signIn().scopes.join(' ')), granted)
  })

  let server
  await check(`${how}: the app-server lists the tools and calls one`, async () => {
    server = await appServer(codex)
    const { tools, toolsError } = await server.status('axanta')
    assert.equal(toolsError ?? null, null)
    assert.ok('search_records' in tools)
    const { structuredContent } = await server.call('axanta', 'count_records', { model: SALES })
    assert.ok(structuredContent.total > 0)
  })
  await check(`${how}: what it may do is what was granted`, async () => {
    const result = await server.call('axanta', 'explain_access', { model: SALES, operation: 'write' })
    assert.equal(scopeVerdict(result), granted.includes('mcp:write') ? 'passed' : 'failed')
  })
  await server?.end()
  server = undefined

  await check(`${how}: an expired token is refreshed, and no browser opens`, async () => {
    const before = codex.signIn()
    codex.change({ expires_at: Date.now() - 1000 })
    server = await appServer(codex)
    const { structuredContent } = await server.call('axanta', 'count_records', { model: SALES })
    assert.ok(structuredContent.total > 0)
    assert.notEqual(codex.signIn().access_token, before.access_token)
    assert.notEqual(codex.signIn().refresh_token, before.refresh_token)
    assert.equal(codex.opened().length, 1)
  })
  await server?.end()
}

const reading = ['mcp:read', 'offline_access']
await walk('Codex by its metadata document', newHome(), [], {
  granted: reading,
  known: /^https:\/\/chatgpt\.com\/oauth\/codex\/client\.json$/,
})
await walk('Codex registers itself', newHome(), ['--oauth-client-registration', 'dcr'], { granted: reading, known: /./ })

// Its own advice for such a client is an address without a port; the port it then uses is a free one.
const made = await newClient('Codex', 'http://127.0.0.1/callback')
const given = `oauth = ${`{ client_id = ${JSON.stringify(made.client_id)}, client_secret = ${JSON.stringify(made.client_secret)}, callback_url = "http://127.0.0.1/callback" }`}\n`
await walk('Codex with a client that was made for it', newHome(given), [], {
  granted: ['mcp:read', 'mcp:write', 'offline_access'],
  known: new RegExp(`^${made.client_id}$`),
})

finish()
