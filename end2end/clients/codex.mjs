// Codex itself, set up by the line the README gives. `node codex.mjs legacy|modern`

import assert from 'node:assert/strict'
import { KEY, URL_, WRONG_KEY, check, exercise, finish } from './checks.mjs'
import { WRITE_KEY, exerciseWriting } from './writes.mjs'
import { appServer, newCodex } from './codex-server.mjs'

const features = `mcp_2026_07_28 = ${process.argv[2] === 'modern'}`
const codex = newCodex({ AXANTA_MCP_KEY: KEY, AXANTA_WRITE_KEY: WRITE_KEY, AXANTA_WRONG_KEY: WRONG_KEY }, { features })
codex.codex('mcp', 'add', 'axanta', '--url', URL_, '--bearer-token-env-var', 'AXANTA_MCP_KEY')
codex.codex('mcp', 'add', 'write', '--url', URL_, '--bearer-token-env-var', 'AXANTA_WRITE_KEY')
codex.codex('mcp', 'add', 'wrong', '--url', URL_, '--bearer-token-env-var', 'AXANTA_WRONG_KEY')

let server
await check('the app-server starts, with a thread in which the server is connected', async () => {
  server = await appServer(codex)
  const { serverInfo, toolsError } = await server.status('axanta')
  assert.equal(toolsError ?? null, null)
  assert.match(serverInfo.name, /axanta/i)
})

const adapter = name => ({
  listTools: async () => Object.keys((await server.status(name)).tools),
  call: (tool, args) => server.call(name, tool, args),
  listResources: async () => (await server.status(name)).resources.map(({ uri }) => uri),
  readResource: async uri => (await server.ask('mcpServer/resource/read', { server: name, uri })).contents[0].text,
})

await exercise(adapter('axanta'))
await exerciseWriting(adapter('write'), `codex-${process.argv[2]}`)

await check('a wrong key surfaces as missing authorization', async () => {
  await assert.rejects(server.call('wrong', 'get_context', {}), /Auth required|401/)
})

await server?.end()
finish()
