// Somebody who writes through MCP, for the screens of approvals and of the journal.
import { execFileSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';

const run = (...args) => execFileSync(process.env.AXANTA_BIN, args, { encoding: 'utf8' }).trim();

/** The structured answer of a tool. */
export async function call(key, tool, args) {
  const response = await fetch(`${process.env.AXANTA_URL}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-11-25',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args } }),
  });
  const { result, error } = await response.json();
  if (!result?.structuredContent) throw new Error(JSON.stringify(error ?? result));
  return result.structuredContent;
}

/** A key of `demo` that may write orders and leads, and what it asks for where confirming an order needs a person's word. */
export async function writer(name) {
  const open = 'read,create,write,delete,method_call';
  run('policy', 'set', 'sale.order', '--allow', open, '--method', 'action_confirm', '--method', 'action_cancel');
  for (const model of ['sale.order.line', 'crm.lead']) run('policy', 'set', model, '--allow', 'read,create,write,delete');
  for (const model of ['res.partner', 'product.product']) run('policy', 'set', model, '--allow', 'read');
  demand('sale.order', { approval: { operations: ['method_call'] } });
  const key = run('key', 'generate', 'demo', '--name', name, '--scope', 'write', '--rate-limit', '100000').split('\n').at(-1).trim();
  // Policies hold within a second.
  await new Promise((then) => { setTimeout(then, 1_500); });
  const first = async (model, domain) => (await call(key, 'search_records', { model, domain, limit: 1 })).records[0].id;
  const partner = await first('res.partner', [['is_company', '=', true]]);
  const product = await first('product.product', [['sale_ok', '=', true]]);
  return {
    key,
    lead: (values) => call(key, 'create_records', { model: 'crm.lead', records: [values] }),
    order: () => call(key, 'create_records', {
      model: 'sale.order',
      records: [{ partner_id: partner, order_line: [[0, 0, { product_id: product, product_uom_qty: 3 }]] }],
    }),
    confirm: (id, once) => call(key, 'call_method', {
      model: 'sale.order', method: 'action_confirm', ids: [id], ...(once ? { idempotency_key: once } : {}),
    }),
    write: (model, id, values) => call(key, 'update_records', { model, ids: [id], values }),
  };
}

/** Sets the refinements of a model's policy. */
function demand(model, refinements) {
  const database = new DatabaseSync(process.env.AXANTA_DATABASE_URL.replace('sqlite://', ''), { timeout: 5_000 });
  const { changes } = database.prepare('UPDATE mcp_policies SET refinements = ? WHERE model = ?').run(JSON.stringify(refinements), model);
  database.prepare('UPDATE control SET generation = generation + 1').run();
  database.close();
  if (Number(changes) !== 1) throw new Error(`no policy of ${model}`);
}
