// The two TypeScript clients people build on: the 1.x SDK, which speaks the legacy era, and the 2.x
// client, which asks server/discover first. `node typescript.mjs sdk|client`

import assert from 'node:assert/strict'
import { KEY, URL_, WRONG_KEY, check, exercise, finish } from './checks.mjs'
import { WRITE_KEY, exerciseWriting } from './writes.mjs'

const info = { name: 'axanta-end2end', version: '1' }

const lines = {
  async sdk() {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
    return { client: new Client(info), StreamableHTTPClientTransport, version: client => client.transport.protocolVersion, era: '2025-11-25' }
  },
  async client() {
    const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client')
    const client = new Client(info, { versionNegotiation: { mode: 'auto' } })
    return { client, StreamableHTTPClientTransport, version: client => client.getNegotiatedProtocolVersion(), era: '2026-07-28' }
  },
}

async function connect(key) {
  const { client, StreamableHTTPClientTransport, version, era } = await lines[process.argv[2]]()
  const headers = { Authorization: `Bearer ${key}` }
  await client.connect(new StreamableHTTPClientTransport(new URL(URL_), { requestInit: { headers } }))
  return { client, negotiated: version(client), era }
}

// The clients check structuredContent against outputSchema by themselves once tools are listed, so
// every call below is held to the schema that the server publishes.
const adapter = client => ({
  listTools: async () => (await client.listTools()).tools.map(tool => tool.name),
  instructions: async () => client.getInstructions(),
  call: (name, args) => client.callTool({ name, arguments: args }),
  listResources: async () => (await client.listResources()).resources.map(resource => resource.uri),
  readResource: async uri => (await client.readResource({ uri })).contents[0].text,
  listPrompts: async () => (await client.listPrompts()).prompts.map(prompt => prompt.name),
  complete: async (uri, name, value) =>
    (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values,
})

let connected
await check('connects in its own era, to a server that gives its name', async () => {
  connected = await connect(KEY)
  assert.equal(connected.negotiated, connected.era)
  assert.match(connected.client.getServerVersion().name, /axanta/i)
})
if (connected) {
  await exercise(adapter(connected.client))
  await exerciseWriting(adapter((await connect(WRITE_KEY)).client), process.argv[2])
}

await check('a wrong key surfaces as 401', async () => {
  await assert.rejects(connect(WRONG_KEY), error => {
    assert.match(`${error.name} ${error.code} ${error.status} ${error.message} ${error.cause}`, /401|unauthorized/i)
    return true
  })
})

finish()
