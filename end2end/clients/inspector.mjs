// The Inspector's command line: one process a call, as a person at a terminal would type it.
// `node inspector.mjs legacy|modern` picks the era it is told to speak.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KEY, URL_, WRONG_KEY, check, exercise, finish } from './checks.mjs'
import { WRITE_KEY, exerciseWriting } from './writes.mjs'

const era = process.argv[2]
const bin = fileURLToPath(new URL('../node_modules/.bin/inspector', import.meta.url))

// It keeps a catalog and sign-ins in the home directory: give it one that goes away again.
const home = mkdtempSync(join(tmpdir(), 'axanta-inspector-'))
process.on('exit', () => rmSync(home, { recursive: true, force: true }))

/** Runs one method; the exit code tells an outright failure (1), a missing sign-in (3) and a tool's own error (5). */
function inspect(args, key = KEY) {
  const base = ['--cli', URL_, '--transport', 'http', '--header', `Authorization: Bearer ${key}`]
  const quiet = ['--protocol-era', era, '--stored-auth-only', '--format', 'json', '--quiet']
  return new Promise(resolve =>
    execFile(
      process.execPath,
      [bin, ...base, ...quiet, ...args],
      { env: { ...process.env, HOME: home }, timeout: 60_000, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  )
}

async function result(args, key = KEY) {
  const { code, stdout, stderr } = await inspect(args, key)
  assert.ok(code === 0 || code === 5, `exit ${code}: ${stderr}`)
  return JSON.parse(stdout).result
}

await check('initialises, and shows the server and its version of the protocol', async () => {
  const { serverInfo, protocolVersion } = await result(['--method', 'initialize'])
  assert.match(serverInfo.name, /axanta/i)
  assert.equal(protocolVersion, era === 'modern' ? '2026-07-28' : '2025-11-25')
})

const adapter = key => ({
  instructions: async () => (await result(['--method', 'initialize'], key)).instructions,
  listTools: async () => (await result(['--method', 'tools/list'], key)).tools.map(tool => tool.name),
  call: (tool, args) =>
    result(['--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args)], key),
  listResources: async () => (await result(['--method', 'resources/list'], key)).resources.map(({ uri }) => uri),
  readResource: async uri => (await result(['--method', 'resources/read', '--uri', uri], key)).contents[0].text,
  listPrompts: async () => (await result(['--method', 'prompts/list'], key)).prompts.map(({ name }) => name),
})

await exercise(adapter(KEY))
await exerciseWriting(adapter(WRITE_KEY), `inspector-${era}`)

await check('finds no schema that another client would refuse', async () => {
  const { code, stderr } = await inspect(['--method', 'tools/list', '--strict'])
  assert.equal(code, 0, stderr)
})

await check('a wrong key surfaces as missing authorization', async () => {
  const { code, stderr } = await inspect(['--method', 'tools/list'], WRONG_KEY)
  assert.equal(code, 3, stderr)
  assert.match(stderr, /auth_required/)
})

finish()
