// What every JavaScript-driven client must manage with a key that may write: each of the tools that change data or make
// a file, from the first try to the printed order. The adapter is that of checks.mjs.

import assert from 'node:assert/strict'
import { check } from './checks.mjs'

export const WRITE_KEY = process.env.AXANTA_WRITE_KEY

const TOOLS = ['create_records', 'update_records', 'delete_records', 'call_method', 'export_records', 'render_report']
const text = result => (result.content ?? []).map(part => part.text ?? '').join('\n')

function structured(result) {
  assert.ok(!result.isError, `the tool refused: ${text(result)}`)
  assert.ok(result.structuredContent, 'a result without structuredContent')
  return result.structuredContent
}

/** `mark` tells this client's records from those of another one on the same server. */
export async function exerciseWriting(client, mark) {
  const call = async (tool, args) => structured(await client.call(tool, args))
  const one = async (model, domain, fields) =>
    (await call('search_records', { model, domain, fields, limit: 1 })).records[0]
  const count = async (model, domain) => (await call('count_records', { model, domain })).total
  const ref = `${mark}-${Date.now()}`
  const mine = [['client_order_ref', '=', ref]]
  let order

  await check('a write key is shown every tool', async () => {
    const names = await client.listTools()
    for (const tool of TOOLS) assert.ok(names.includes(tool), `${tool} is not listed in ${names}`)
  })

  await check('an order with its lines is tried, made once, and priced', async () => {
    const customer = await one('res.partner', [['customer_rank', '>', 0], ['active', '=', true]], ['name'])
    const product = await one('product.product', [['type', '=', 'consu'], ['sale_ok', '=', true], ['active', '=', true]], ['name'])
    const records = [
      {
        partner_id: customer.id,
        client_order_ref: ref,
        order_line: [[0, 0, { product_id: product.id, product_uom_qty: 2 }], { product_id: product.id }],
      },
    ]
    const tried = await call('create_records', { model: 'sale.order', records, dry_run: true })
    assert.equal(tried.status, 'dry_run')
    assert.equal(tried.changes.filter(change => change.kind === 'created').length, 3)
    assert.equal(await count('sale.order', mine), 0, 'a dry run must leave nothing')
    const wish = { model: 'sale.order', records, idempotency_key: ref }
    const made = await call('create_records', wish)
    const again = await call('create_records', wish)
    assert.deepEqual([made.status, again.ids, await count('sale.order', mine)], ['done', made.ids, 1])
    order = made.ids[0]
    const { records: lines } = await call('search_records', {
      model: 'sale.order.line',
      domain: [['order_id', '=', order]],
      fields: ['price_total', 'product_uom_qty'],
    })
    const total = (await one('sale.order', mine, ['amount_total'])).amount_total
    const cents = lines.reduce((sum, line) => sum + Math.round(line.price_total * 100), 0)
    assert.deepEqual([lines.length, cents], [2, Math.round(total * 100)])
  })

  await check('a wrong value is refused with the way to mend it, and changes nothing', async () => {
    const wrong = { model: 'sale.order', ids: [order], values: { partner_id: 'Acme', team: 'nobody' } }
    const result = await client.call('update_records', wrong)
    assert.equal(result.isError, true)
    assert.match(text(result), /partner_id \(Customer\)[^]*search_records[^]*team \(Sales Team\)[^]*direct/)
  })

  await check('the order is changed, and confirmed with its delivery', async () => {
    const changed = await call('update_records', { model: 'sale.order', ids: order, values: { note: 'By hand.' } })
    assert.deepEqual(changed.changes[0].fields.map(({ name, after }) => [name, after]), [['note', 'By hand.']])
    const confirmed = await call('call_method', { model: 'sale.order', method: 'action_confirm', ids: [order] })
    assert.equal(confirmed.status, 'done')
    assert.ok(confirmed.undo.possible)
    assert.equal((await one('sale.order', mine, ['state'])).state, 'sale')
    assert.equal(await count('stock.picking', [['sale_id', '=', order]]), 1)
    const twice = await client.call('call_method', { model: 'sale.order', method: 'action_confirm', ids: [order] })
    assert.equal(twice.isError, true)
  })

  await check('a method that no policy allows is refused by name', async () => {
    const result = await client.call('call_method', { model: 'sale.order', method: 'action_draft', ids: [order] })
    assert.equal(result.isError, true)
    assert.match(text(result), /^Model policy: sale\.order does not allow the method action_draft through MCP/)
    assert.equal((await one('sale.order', mine, ['state'])).state, 'sale')
  })

  await check('a method that the model does not have is refused by name', async () => {
    const result = await client.call('call_method', { model: 'sale.order', method: 'unlink', ids: [order] })
    assert.equal(result.isError, true)
    assert.match(text(result), /no business method `unlink`/)
  })

  await check('a contact is made and deleted again', async () => {
    const { ids } = await call('create_records', { model: 'res.partner', records: [{ name: ref }] })
    const gone = await call('delete_records', { model: 'res.partner', ids })
    assert.deepEqual(gone.changes.map(({ kind }) => kind), ['deleted'])
    assert.equal(await count('res.partner', [['name', '=', ref]]), 0)
  })

  await check('an export is a file behind a link, and never stands in the answer', async () => {
    const args = { model: 'sale.order', domain: mine, fields: ['name', 'amount_total'], format: 'csv' }
    const file = await call('export_records', args)
    assert.deepEqual([file.rows, file.mime_type.split(';')[0]], [1, 'text/csv'])
    const link = await fetch(file.download_url)
    const csv = await link.text()
    assert.deepEqual([link.status, csv.includes('S')], [200, true])
    assert.match(await client.readResource(file.uri), /S\d+/)
  })

  await check('an order is printed', async () => {
    const report = { model: 'sale.order', report: 'sale.report_saleorder', ids: [order], format: 'pdf' }
    const file = await call('render_report', report)
    const bytes = Buffer.from(await (await fetch(file.download_url)).arrayBuffer())
    assert.deepEqual([bytes.subarray(0, 5).toString(), bytes.length], ['%PDF-', file.size])
  })
}
