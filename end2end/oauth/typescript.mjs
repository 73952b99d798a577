// The OAuth providers of the two TypeScript clients, from the first 401 to a refused refresh.
// `node typescript.mjs sdk|client`

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { check, finish } from '../clients/checks.mjs'
import { Browser } from './browser.mjs'
import { ORIGIN, SALES, URL_, axanta, callback, newClient, scopeVerdict, scopes } from './server.mjs'

const info = { name: 'axanta-end2end', version: '1' }

const lines = {
  async sdk() {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
    // This line takes the code alone, and leaves what else comes back to the program around it.
    return { newClient: () => new Client(info), StreamableHTTPClientTransport, finish: (transport, back) => transport.finishAuth(back.get('code')) }
  },
  async client() {
    const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client')
    const newClient = () => new Client(info, { versionNegotiation: { mode: 'auto' } })
    return { newClient, StreamableHTTPClientTransport, finish: (transport, back) => transport.finishAuth(back) }
  },
}
const line = await lines[process.argv[2]]()
const { redirectUri, close } = await callback()

/** Keeps in memory what a program would keep on disk; nothing of the dance itself is ours. */
class Provider {
  asked = []
  registered = undefined
  kept = {}

  constructor(client, extra = {}) {
    Object.assign(this, { client, extra })
  }
  get redirectUrl() {
    return redirectUri
  }
  get clientMetadata() {
    return { client_name: 'TypeScript', redirect_uris: [redirectUri], ...this.extra }
  }
  state() {
    return (this.kept.state = `${randomUUID()} &=+%/"`)
  }
  clientInformation() {
    return this.client
  }
  saveClientInformation(client) {
    this.client = client
  }
  tokens() {
    return this.kept.tokens
  }
  saveTokens(tokens) {
    this.kept.tokens = tokens
  }
  redirectToAuthorization(url) {
    this.asked.push(url)
  }
  saveCodeVerifier(verifier) {
    this.kept.verifier = verifier
  }
  codeVerifier() {
    return this.kept.verifier
  }
  saveDiscoveryState(state) {
    this.kept.discovery = state
  }
  discoveryState() {
    return this.kept.discovery
  }
  invalidateCredentials(which) {
    if (which === 'all' || which === 'client') this.client = undefined
    if (which === 'all' || which === 'tokens') this.kept.tokens = undefined
  }
}

async function connect(provider) {
  const client = line.newClient()
  const transport = new line.StreamableHTTPClientTransport(new URL(URL_), { authProvider: provider })
  try {
    await client.connect(transport)
    return { client }
  } catch (error) {
    return { transport, error }
  }
}

/** Connects where no token is, and lets the browser bring back what the server says. */
async function authorize(provider, choice) {
  const { transport, error } = await connect(provider)
  assert.match(`${error}`, /unauthorized/i)
  const back = new URL(await new Browser().authorize(provider.asked.at(-1).href, choice))
  assert.ok(back.href.startsWith(`${redirectUri}?`), back.href)
  assert.equal(back.searchParams.get('state'), provider.kept.state)
  assert.equal(back.searchParams.get('iss'), ORIGIN)
  return { transport, back: back.searchParams }
}

const call = async (provider, tool, args) => {
  const { client, error } = await connect(provider)
  if (error) throw error
  const { tools } = await client.listTools()
  assert.ok(tools.some(({ name }) => name === tool))
  const result = await client.callTool({ name: tool, arguments: args })
  await client.close()
  assert.ok(!result.isError, JSON.stringify(result.content))
  return result
}

/** The way of one client: `granted` is what is left of what it asks for. */
async function walk(how, provider, { scope, granted }) {
  const key = `${process.argv[2]} ${how}`
  await axanta('key', 'generate', 'demo', '--name', key, '--scope', scope, '--rate-limit', '100000')
  const may = granted.includes('mcp:write')

  await check(`${how}: finds its way from the 401, asks for what the challenge says, and is sent back`, async () => {
    const { transport, back } = await authorize(provider, { key })
    const { searchParams } = provider.asked.at(-1)
    assert.equal(searchParams.get('code_challenge_method'), 'S256')
    assert.equal(searchParams.get('resource'), URL_)
    assert.deepEqual(scopes(searchParams.get('scope')), ['mcp:read', 'mcp:write', 'offline_access'])
    await line.finish(transport, back)
  })

  await check(`${how}: is granted ${granted.join(' ')}, and told so`, async () => {
    assert.deepEqual(scopes(provider.kept.tokens.scope), granted)
    assert.match(provider.kept.tokens.access_token, /^axt_/)
    assert.match(provider.kept.tokens.refresh_token, /^axr_/)
  })

  await check(`${how}: lists the tools and calls one`, async () => {
    const { structuredContent } = await call(provider, 'count_records', { model: SALES })
    assert.ok(structuredContent.total > 0)
  })

  await check(`${how}: the scope ${may ? 'lets a write pass' : 'stops a write'}`, async () => {
    const result = await call(provider, 'explain_access', { model: SALES, operation: 'write' })
    assert.equal(scopeVerdict(result), may ? 'passed' : 'failed')
  })

  await check(`${how}: an access token that is no good is replaced by a refresh, and nobody is asked`, async () => {
    const before = provider.kept.tokens
    const asked = provider.asked.length
    provider.kept.tokens = { ...before, access_token: `axt_${'0'.repeat(43)}` }
    await call(provider, 'count_records', { model: SALES })
    assert.equal(provider.asked.length, asked)
    assert.notEqual(provider.kept.tokens.access_token, before.access_token)
    assert.notEqual(provider.kept.tokens.refresh_token, before.refresh_token)
    assert.deepEqual(scopes(provider.kept.tokens.scope), granted)
  })

  await check(`${how}: with its key revoked nothing is left, and the user is asked again`, async () => {
    const { id } = JSON.parse(await axanta('key', 'list', 'demo', '--json')).find(({ name }) => name === key)
    await axanta('key', 'revoke', String(id))
    const asked = provider.asked.length
    const gone = async () => (await connect(provider)).error && provider.asked.length > asked
    for (const until = Date.now() + 2000; !(await gone()); ) assert.ok(Date.now() < until, 'still connected')
    assert.equal(provider.kept.tokens, undefined)
  })
}

const registered = await newClient('TypeScript', redirectUri)
const all = ['mcp:read', 'mcp:write', 'offline_access']
const reading = ['mcp:read', 'offline_access']
await walk('a client with a secret', new Provider(registered), { scope: 'write', granted: all })
await walk('a client with a secret, under a read-only key', new Provider(registered), { scope: 'read', granted: reading })
const readOnly = await newClient('TypeScript that reads', redirectUri, 'read')
await walk('a client that may only read', new Provider(readOnly), { scope: 'write', granted: reading })
await walk('a client that registers itself', new Provider(), { scope: 'write', granted: reading })
const publicly = { token_endpoint_auth_method: 'none' }
await walk('a public client that registers itself', new Provider(undefined, publicly), { scope: 'write', granted: reading })

await check('a user who denies is heard, and no token is given', async () => {
  const provider = new Provider(registered)
  const { back } = await authorize(provider, { decision: 'deny' })
  assert.equal(back.get('error'), 'access_denied')
  assert.equal(back.get('code'), null)
})

await check('a wrong secret gets no token', async () => {
  const provider = new Provider({ ...registered, client_secret: `${registered.client_secret.slice(0, -1)}_` })
  const { transport, back } = await authorize(provider)
  await assert.rejects(line.finish(transport, back), /./)
  assert.equal(provider.kept.tokens, undefined)
})

close()
finish()
