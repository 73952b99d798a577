// What every JavaScript-driven client must manage. One list for all of them, so that a client can
// only differ in its adapter: how it connects and how it says these five things on the wire.
//
// adapter: { listTools(): names, call(tool, args): CallToolResult, listResources(): uris,
//            readResource(uri): text,
//            instructions?(): text, listPrompts?(): names, complete?(template, argument, value): values }
// A method that is missing is one the client does not offer; its check is then not made.

import assert from 'node:assert/strict'

export const URL_ = process.env.AXANTA_URL
export const KEY = process.env.AXANTA_MCP_KEY
export const WRONG_KEY = `axk_${'0'.repeat(43)}`

const READ_TOOLS = [
  'get_context',
  'list_models',
  'describe_model',
  'search_records',
  'read_records',
  'count_records',
  'aggregate_records',
  'explain_access',
]
const ROUTED_MODELS = [
  'report.sales.analysis',
  'report.retail.sales.analysis',
  'report.account.entries.analysis',
  'report.stock.onhand',
  'stock.movement',
]
const SALES = 'report.sales.analysis'

let passed = 0
let failed = 0

/** Runs one check and goes on to the next, so that one failure does not hide the others. */
export async function check(what, run) {
  try {
    await run()
    passed += 1
    console.log(`ok      ${what}`)
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${what}\n        ${String(error?.stack ?? error).replaceAll('\n', '\n        ')}`)
  }
}

/** Prints the count that end2end/run adds up, and ends the process with it. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed ? 1 : 0)
}

/** The structured content of a call that must have worked. */
function structured(result) {
  assert.ok(!result.isError, `the tool refused: ${text(result)}`)
  assert.ok(result.structuredContent, 'a result without structuredContent')
  return result.structuredContent
}

const text = result => (result.content ?? []).map(part => part.text ?? '').join('\n')

/** Money arrives as JSON numbers: compare in minor units, where a float's last bit can't matter. */
const cents = values => values.reduce((sum, value) => sum + Math.round(value * 100), 0)

/** Every row a domain holds, page by page as next_offset says. */
async function allRows(client, args) {
  const rows = []
  for (let offset = 0, page; ; offset = page.next_offset) {
    page = structured(await client.call('search_records', { ...args, offset }))
    rows.push(...page.records)
    if (!page.has_more) return { rows, total: page.total }
    assert.ok(page.next_offset > offset, `next_offset ${page.next_offset} does not lead on from ${offset}`)
  }
}

export async function exercise(client) {
  await check('lists the eight read tools, and no write tool, for a read key', async () => {
    const names = await client.listTools()
    for (const name of READ_TOOLS) assert.ok(names.includes(name), `${name} is not listed in ${names}`)
    assert.ok(!names.some(name => /^(create|update|delete)_records$|^call_method$/.test(name)), `a write tool in ${names}`)
  })

  if (client.instructions)
    await check('is given the instructions, with name and routing in their first 512 characters', async () => {
      // Codex reads only so far, so what matters most must stand there.
      const head = (await client.instructions())?.slice(0, 512) ?? ''
      for (const word of ['Axanta', ...ROUTED_MODELS]) assert.ok(head.includes(word), `no ${word} in: ${head}`)
    })

  await check('get_context answers', async () => {
    structured(await client.call('get_context', {}))
  })

  await check('describe_model names the fields of sales', async () => {
    const { model, fields } = structured(await client.call('describe_model', { model: SALES }))
    assert.equal(model, SALES)
    const names = fields.map(field => field.name)
    for (const name of ['date', 'price_total']) assert.ok(names.includes(name), `no ${name} in ${names}`)
  })

  await check('aggregate_records by quarter adds up to what search_records shows row by row', async () => {
    // From the day of the 30th newest row on: small enough to add up by hand, never empty.
    const newest = structured(
      await client.call('search_records', { model: SALES, fields: ['date'], order: 'date desc', limit: 30 }),
    ).records
    assert.ok(newest.length > 0, 'the demo company has no sales')
    const domain = [['date', '>=', newest.at(-1).date.slice(0, 10)]]

    const { rows, total } = await allRows(client, { model: SALES, domain, fields: ['date', 'price_total'], order: 'id' })
    assert.equal(rows.length, total)
    const { groups, has_more } = structured(
      await client.call('aggregate_records', {
        model: SALES,
        domain,
        group_by: ['date:quarter'],
        aggregates: ['price_total:sum'],
      }),
    )
    assert.equal(has_more, false)
    for (const group of groups) assert.match(String(group['date:quarter']), /Q[1-4]/)
    assert.equal(groups.reduce((sum, group) => sum + group.__count, 0), rows.length)
    // One row per quarter and currency: the test may add across currencies, as both sides do the same.
    assert.equal(cents(groups.map(group => group['price_total:sum'])), cents(rows.map(row => row.price_total)))
    assert.equal(structured(await client.call('count_records', { model: SALES, domain })).total, rows.length)
  })

  await check('a wrong field is answered as a tool error that names the right one', async () => {
    const result = await client.call('search_records', { model: SALES, fields: ['prise_total'] })
    assert.equal(result.isError, true)
    assert.match(text(result), /did you mean/i)
    assert.match(text(result), /price_total/)
  })

  await check('lists and reads the instructions as a resource', async () => {
    const uris = await client.listResources()
    assert.ok(uris.includes('axanta://instructions'), `not in ${uris}`)
    assert.match(await client.readResource('axanta://instructions'), /Axanta/)
  })

  if (client.listPrompts)
    await check('lists the prompts that are shipped', async () => {
      assert.ok((await client.listPrompts()).length > 0)
    })

  if (client.complete)
    await check('completes a model name', async () => {
      const values = await client.complete('axanta://model/{model}', 'model', 'report.sa')
      assert.ok(values.includes(SALES), `${SALES} is not in ${values}`)
    })
}
