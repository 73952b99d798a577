// Somebody who writes through MCP, for the screens of approvals and of the journal.
import { execFileSync } from 'node:child_process';

const run = (...args) => execFileSync(process.env.AXANTA_BIN, args, { encoding: 'utf8' }).trim();

/** What `policy set` does to a model: it holds within a second. */
export const policy = (model, ...said) => run('policy', 'set', model, ...said);

/** A key of that login, which no rate limit will stop. */
export function generated(login, name, scope = 'write') {
  return run('key', 'generate', login, '--name', name, '--scope', scope, '--rate-limit', '100000').split('\n').at(-1).trim();
}

/** Long enough for what the command set to hold in the server. */
export const held = () => new Promise((then) => { setTimeout(then, 1_500); });

async function answer(key, tool, args) {
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
  if (!result) throw new Error(JSON.stringify(error));
  return result;
}

/** The structured answer of a tool. */
export async function call(key, tool, args) {
  const result = await answer(key, tool, args);
  if (result.isError || !result.structuredContent) throw new Error(JSON.stringify(result));
  return result.structuredContent;
}

/** What a tool says when it refuses; that it does is part of it. */
export async function refusal(key, tool, args) {
  const result = await answer(key, tool, args);
  if (!result.isError) throw new Error(`${tool} was not refused: ${JSON.stringify(result.structuredContent)}`);
  return result.content.map((part) => part.text).join('\n');
}

/** A key of `demo` that may write orders and leads, and what it asks for; `refined` goes with the policy of orders. */
export async function writer(name, ...refined) {
  const open = 'read,create,write,delete,method_call';
  policy('sale.order', '--allow', open, '--method', 'action_confirm', '--method', 'action_cancel', ...refined);
  for (const model of ['sale.order.line', 'crm.lead']) policy(model, '--allow', 'read,create,write,delete');
  for (const model of ['res.partner', 'product.product']) policy(model, '--allow', 'read');
  const key = generated('demo', name);
  await held();
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
