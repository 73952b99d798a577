// The `authorization` command of the protocol's conformance suite, with our browser where it waits for a person:
// as a public client, and as one with a secret by either method.
// `node conformance.mjs http://SERVER` where the server's public address is AXANTA_URL, which this script answers at.
//
// The suite leaves a secret out wherever the metadata lists `none`, as ours does. So the requests pass through here,
// and the list of methods alone is shortened for the runs that are to send a secret.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { check, finish } from '../clients/checks.mjs'
import { Browser } from './browser.mjs'
import { ORIGIN, URL_, callback, newClient } from './server.mjs'

const server = new URL(process.argv[2])
let methods
const METADATA = '/.well-known/oauth-authorization-server'

const between = http.createServer((request, response) => {
  const { method, url: path, headers } = request
  const forward = http.request({ host: server.hostname, port: server.port, method, path, headers }, async answer => {
    if (path !== METADATA || !methods) {
      response.writeHead(answer.statusCode, answer.headers)
      return answer.pipe(response)
    }
    let text = ''
    for await (const part of answer) text += part
    const { 'content-length': _, ...others } = answer.headers
    response.writeHead(answer.statusCode, others)
    response.end(JSON.stringify({ ...JSON.parse(text), token_endpoint_auth_methods_supported: [methods] }))
  })
  forward.on('error', () => response.destroy())
  request.pipe(forward)
})
between.listen(new URL(ORIGIN).port, '127.0.0.1')
await once(between, 'listening')

/** A port that is free now; the suite listens on the one it is told. */
async function freePort() {
  const { redirectUri, close } = await callback()
  close()
  return new URL(redirectUri).port
}

/** A public client, as one registers itself. */
async function registered(redirectUri) {
  const answer = await fetch(`${ORIGIN}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Conformance', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }),
  })
  assert.equal(answer.status, 201, await answer.clone().text())
  return answer.json()
}

/** Runs the suite, and gives what it found: its checks, with their status. */
async function suite({ client_id, client_secret }, port, args) {
  const results = mkdtempSync(join(tmpdir(), 'axanta-conformance-'))
  const given = ['--url', ORIGIN, '--client-id', client_id, '--port', port, '--output-dir', results]
  if (client_secret) given.push('--client-secret', client_secret)
  const child = spawn('conformance', ['authorization', ...given, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  let said = ''
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      said += `${line}\n`
      if (line.startsWith(`${ORIGIN}/`)) await fetch(await new Browser().authorize(line))
    }
    const [code] = await ended
    const found = globSync(`${results}/**/checks.json`).flatMap(file => JSON.parse(readFileSync(file, 'utf8')))
    return { code, found, said }
  } finally {
    child.kill()
    rmSync(results, { recursive: true, force: true })
  }
}

const CHECKS = ['authorization-code-grant', 'authorization-server-metadata', 'authorization-server-metadata-cimd']

async function run(how, client, port, args = []) {
  let result
  await check(`${how}: the suite runs to its end, with all its checks`, async () => {
    result = await suite(await client, port, args)
    assert.equal(result.code, 0, result.said)
    assert.deepEqual(result.found.map(({ id }) => id).sort(), CHECKS)
  })
  for (const { id, status, errorMessage } of result?.found ?? [])
    await check(`${how}: ${id}`, () => assert.equal(status, 'SUCCESS', errorMessage))
}

for (const [how, method, args] of [
  ['a public client', undefined, []],
  ['a public client that names the resource', undefined, ['--resource', URL_]],
  ['a secret in the form', 'client_secret_post', ['--resource', URL_]],
  ['a secret in the header', 'client_secret_basic', []],
]) {
  methods = method
  const port = await freePort()
  const redirectUri = `http://127.0.0.1:${port}/callback`
  await run(how, method ? newClient(`Conformance, ${how}`, redirectUri) : registered(redirectUri), port, args)
}

between.close()
finish()
