// Claude as it is seen on the wire, written out by hand: what it reads, in which order, and its habits that servers
// stumble over. Its callback is on the network and is never called; the browser stops before it. `node claude.mjs`

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { check, finish } from '../clients/checks.mjs'
import { Browser, textOf } from './browser.mjs'
import { ORIGIN, SALES, URL_, axanta, newClient, scopes } from './server.mjs'
import { challenge, mcp, refused, send, token, tokens } from './wire.mjs'

const CALLBACK = 'https://claude.ai/api/mcp/auth_callback'
const GRACE_MS = 60_000
const ALL = ['mcp:read', 'mcp:write', 'offline_access']

/** That a token is refused from now on; a server heeds within a second what has changed. */
async function dead(bearer) {
  for (const until = Date.now() + 1000; await works(bearer); ) assert.ok(Date.now() < until, 'the token still works')
  for (let i = 0; i < 3; i += 1) assert.ok(!(await works(bearer)), 'the token works again')
}

const works = async bearer => (await mcp('tools/call', { name: 'get_context', arguments: {} }, bearer)).status === 200

let metadata
let pending

await check('the 401 of server/discover says where to read on, and which scopes to ask for', async () => {
  const answer = await mcp('server/discover', {})
  assert.equal(answer.status, 401)
  const { resource_metadata, scope, error } = challenge(answer)
  assert.equal(resource_metadata, `${ORIGIN}/.well-known/oauth-protected-resource/mcp`)
  assert.deepEqual(scopes(scope), ALL)
  assert.equal(error, undefined)
  assert.equal((await send('GET', '/mcp')).status, 401)
  assert.equal((await mcp('tools/list', {}, undefined, { path: `/mcp?access_token=axt_${'0'.repeat(43)}` })).status, 401)
})

await check('a token that is no good is named as such', async () => {
  const answer = await mcp('tools/list', {}, `axt_${'0'.repeat(43)}`)
  assert.equal(answer.status, 401)
  assert.equal(challenge(answer).error, 'invalid_token')
  assert.equal(challenge(answer).resource_metadata, `${ORIGIN}/.well-known/oauth-protected-resource/mcp`)
})

await check('the resource is described, under both names, for a browser on any page too', async () => {
  for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']) {
    const { status, json, headers } = await send('GET', path, { headers: { origin: 'https://claude.ai' } })
    assert.equal(status, 200, path)
    assert.equal(json.resource, URL_)
    assert.deepEqual(json.authorization_servers, [ORIGIN])
    assert.deepEqual(json.bearer_methods_supported, ['header'])
    assert.ok(json.scopes_supported.includes('mcp:read') && json.scopes_supported.includes('mcp:write'))
    assert.equal(headers['access-control-allow-origin'], '*')
  }
})

await check('the authorization server is described, under all four names alike', async () => {
  for (const name of ['oauth-authorization-server', 'openid-configuration'])
    for (const path of [`/.well-known/${name}`, `/.well-known/${name}/mcp`]) {
      const { status, json, headers } = await send('GET', path, { headers: { origin: 'https://claude.ai' } })
      assert.equal(status, 200, path)
      assert.equal(headers['access-control-allow-origin'], '*')
      assert.deepEqual(json, (metadata ??= json))
    }
  assert.equal(metadata.issuer, ORIGIN)
  for (const name of ['authorization', 'token', 'registration', 'revocation'])
    assert.equal(new URL(metadata[`${name}_endpoint`]).origin, ORIGIN)
  assert.deepEqual(metadata.response_types_supported, ['code'])
  assert.deepEqual(metadata.grant_types_supported, ['authorization_code', 'refresh_token'])
  assert.deepEqual(metadata.code_challenge_methods_supported, ['S256'])
  assert.deepEqual(metadata.token_endpoint_auth_methods_supported, ['none', 'client_secret_post', 'client_secret_basic'])
  assert.deepEqual(scopes(metadata.scopes_supported.join(' ')), ALL)
  assert.equal(metadata.client_id_metadata_document_supported, true)
  assert.equal(metadata.authorization_response_iss_parameter_supported, true)
})

await check('a browser may send the version of the protocol when it reads them', async () => {
  for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-authorization-server']) {
    const asks = { origin: 'https://claude.ai', 'access-control-request-method': 'GET', 'access-control-request-headers': 'mcp-protocol-version' }
    const { status, headers } = await send('OPTIONS', path, { headers: asks })
    assert.ok(status === 200 || status === 204, `${status}`)
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.match(headers['access-control-allow-headers'] ?? '', /mcp-protocol-version|\*/i)
  }
})

await check('what is not described is not found, and nothing redirects', async () => {
  for (const path of ['/.well-known/oauth-protected-resource/other', '/.well-known/oauth-authorization-server/other', '/.well-known/jwks.json', '/.well-known/nothing', '/mcp/.well-known/openid-configuration', '/register', '/authorize', '/token']) {
    const { status } = await send('GET', path)
    assert.equal(status, 404, path)
  }
})

await check('a slash at the end of an address that is posted to leads nowhere else', async () => {
  for (const path of ['/oauth/token/', '/oauth/register/', '/oauth/revoke/', '/mcp/']) {
    const { status } = await send('POST', path, { body: new URLSearchParams({ a: 'b' }) })
    assert.ok(status >= 400 && status < 500, `${path}: ${status}`)
  }
})

const { client_id, client_secret } = await newClient('Claude', CALLBACK)
const secret = { client_id, client_secret }

/** The request that Claude sends the browser to, and what it keeps for the exchange. */
function asking(more = {}) {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(24).toString('base64url')
  const url = new URL(metadata.authorization_endpoint)
  const asked = {
    response_type: 'code',
    client_id,
    redirect_uri: CALLBACK,
    scope: ALL.join(' '),
    state,
    resource: URL_,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    prompt: 'consent',
    ...more,
  }
  url.search = new URLSearchParams(asked)
  return { href: url.href, verifier, state }
}

/** From the browser to a code: the parameters that come back, held to what was sent. */
async function approved(request = asking(), login) {
  const back = new URL(await new Browser(login).authorize(request.href))
  assert.equal(`${back.origin}${back.pathname}`, CALLBACK)
  const { state, iss, code, error } = Object.fromEntries(back.searchParams)
  assert.equal(state, request.state)
  assert.equal(iss, ORIGIN)
  assert.equal(error, undefined)
  assert.match(code, /^axc_/)
  return { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: request.verifier, resource: URL_ }
}

const refresh = (refresh_token, options) => token({ grant_type: 'refresh_token', refresh_token, resource: URL_, ...secret }, options)

/** A connection from the beginning. */
const connected = async () => tokens(await token({ ...(await approved()), ...secret }))

await check('the consent page says who asks and what for, cannot be framed, and may send on to Claude alone', async () => {
  const page = await new Browser().consent(asking().href)
  assert.equal(page.status, 200)
  const policy = page.headers.get('content-security-policy')
  assert.match(policy, /frame-ancestors 'none'/)
  assert.match(policy, /form-action [^;]*https:\/\/claude\.ai(?![\w.])/)
  assert.match(page.headers.get('cache-control'), /no-store/)
  const text = textOf(page.html)
  for (const word of ['Claude', 'claude.ai', 'for OAuth', 'Approve', 'Deny']) assert.ok(text.includes(word), `no ${word} in: ${text}`)
})

let first
await check('a code becomes tokens, with the secret in the form, and the tokens open /mcp', async () => {
  first = await connected()
  assert.deepEqual(scopes(first.scope), ALL)
  const discovered = await mcp('server/discover', {}, first.access_token)
  assert.equal(discovered.status, 200, discovered.text)
  const listed = await mcp('tools/list', {}, first.access_token)
  assert.ok(listed.json.result.tools.some(({ name }) => name === 'search_records'))
  const counted = await mcp('tools/call', { name: 'count_records', arguments: { model: SALES } }, first.access_token)
  assert.ok(counted.json.result.structuredContent.total > 0)
})

await check('a refresh one second after the exchange gives new tokens with the same scope', async () => {
  const begun = await connected()
  await sleep(1000)
  const next = tokens(await refresh(begun.refresh_token))
  assert.notEqual(next.access_token, begun.access_token)
  assert.notEqual(next.refresh_token, begun.refresh_token)
  assert.deepEqual(scopes(next.scope), ALL)
  assert.ok(await works(next.access_token))
  // Kept for the end, when the grace is over.
  pending = { old: begun.refresh_token, next, since: Date.now() }
})

await check('two refreshes at once, from two addresses, both give tokens that work, and go on working', async () => {
  const { refresh_token } = await connected()
  const both = await Promise.all(['127.0.0.1', '127.0.0.2'].map(from => refresh(refresh_token, { from })))
  const [one, other] = both.map(tokens)
  assert.ok((await works(one.access_token)) && (await works(other.access_token)))
  for (const { refresh_token: next } of [one, other]) assert.ok(await works(tokens(await refresh(next)).access_token))
})

await check('a refresh token that nobody gave is an invalid_grant', async () => {
  refused(await refresh(`axr_${'0'.repeat(43)}`), 'invalid_grant')
})

await check('another client can do nothing with a refresh token', async () => {
  const { refresh_token } = await connected()
  const other = await newClient('Another', CALLBACK)
  refused(await token({ grant_type: 'refresh_token', refresh_token, ...other }), 'invalid_grant')
})

await check('a code is good once: the second try is refused, and what the first one gave dies', async () => {
  const form = { ...(await approved()), ...secret }
  const given = tokens(await token(form))
  assert.ok(await works(given.access_token))
  refused(await token(form), 'invalid_grant')
  await dead(given.access_token)
  refused(await refresh(given.refresh_token), 'invalid_grant')
})

await check('a wrong verifier, a wrong secret and no secret get no token', async () => {
  refused(await token({ ...(await approved()), ...secret, code_verifier: randomBytes(32).toString('base64url') }), 'invalid_grant')
  const wrong = await token({ ...(await approved()), client_id, client_secret: `axs_${'0'.repeat(43)}` })
  refused(wrong, 'invalid_client', 401)
  refused(await token({ ...(await approved()), client_id }), 'invalid_client', 401)
})

await check('a request for a foreign resource is told to the client, with state and issuer', async () => {
  const request = asking({ resource: 'https://elsewhere.example/mcp' })
  const back = new URL(await new Browser().authorize(request.href))
  assert.equal(`${back.origin}${back.pathname}`, CALLBACK)
  assert.equal(back.searchParams.get('error'), 'invalid_target')
  assert.equal(back.searchParams.get('state'), request.state)
  assert.equal(back.searchParams.get('iss'), ORIGIN)
})

await check('a redirect to anywhere else is shown as a page and goes nowhere', async () => {
  for (const redirect_uri of ['https://claude.ai/api/mcp/auth_callback/', 'https://claude.ai.evil.example/api/mcp/auth_callback', 'http://claude.ai/api/mcp/auth_callback']) {
    const { status, headers } = await send('GET', asking({ redirect_uri }).href, { headers: { accept: 'text/html' } })
    assert.equal(status, 400, redirect_uri)
    assert.equal(headers.location, undefined)
  }
})

await check('a user without an MCP group is told what is missing, and no code is given', async () => {
  await assert.rejects(approved(asking(), 'nomcp'), /MCP User/)
})

await check('a revoked token ends the connection at once', async () => {
  const given = await connected()
  assert.ok(await works(given.access_token))
  const { status } = await send('POST', '/oauth/revoke', { body: new URLSearchParams({ token: given.refresh_token, ...secret }) })
  assert.equal(status, 200)
  await dead(given.access_token)
  refused(await refresh(given.refresh_token), 'invalid_grant')
})

await check('a refresh token that was replaced longer ago than the grace is an invalid_grant, and ends its family', async () => {
  await sleep(Math.max(0, pending.since + GRACE_MS + 1000 - Date.now()))
  assert.ok(await works(pending.next.access_token))
  refused(await refresh(pending.old), 'invalid_grant')
  await dead(pending.next.access_token)
  refused(await refresh(pending.next.refresh_token), 'invalid_grant')
  // What another sign-in gave is none of its family.
  assert.ok(await works(first.access_token))
})

await check('the log tells of tokens given and refused, each with its reason, and holds none', async () => {
  const said = await axanta('log', 'list', '--json', '--limit', '10000')
  assert.doesNotMatch(said, /ax[tcrsk]_[A-Za-z0-9]{30,}/)
  const rows = JSON.parse(said).filter(({ method }) => method === 'oauth/token')
  assert.ok(rows.some(({ outcome, login }) => outcome === 'allowed' && login === 'demo'))
  const denied = rows.filter(({ outcome }) => outcome === 'denied')
  for (const about of [/code was used before/, /code_verifier/, /client secret/, /refresh token had been replaced/])
    assert.ok(denied.some(({ reason }) => about.test(reason)), `nothing of ${about}`)
})

finish()
