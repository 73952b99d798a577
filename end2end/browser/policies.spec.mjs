// What a model policy says beyond operations, as an administrator sets it: after each Save the next call shows it.
import { expect, signIn, test } from './axanta.mjs';
import { findPolicy, policyForm, refused, saved, showFields, wait } from './policies.mjs';
import { call, generated, held, policy, refusal } from './written.mjs';

test.describe.configure({ mode: 'serial' });

const ORDER = 'sale.order';
const CHANGES = 'read,create,write,delete,method_call';
let key;
let cookies;

test.beforeAll(async ({ browser }) => {
  policy(ORDER, '--allow', CHANGES, '--method', 'action_confirm');
  policy('sale.order.line', '--allow', 'read,create,write,delete');
  policy('res.partner', '--allow', 'read,create,write,delete,export');
  policy('product.product', '--allow', 'read');
  policy('account.move', '--allow', CHANGES, '--method', 'action_post');
  policy('account.move.line', '--allow', 'read,create,write,delete');
  key = generated('admin', `policies ${Date.now()}`);
  await held();
  const page = await browser.newPage();
  await signIn(page, 'admin');
  cookies = await page.context().cookies();
  await page.close();
});

test.beforeEach(async ({ page }) => {
  await page.context().addCookies(cookies);
  await page.goto('/');
});

const read = (model, args = {}) => call(key, 'search_records', { model, ...args });
const update = (model, ids, values) => call(key, 'update_records', { model, ids, values });
const named = async (model) => (await call(key, 'describe_model', { model })).fields.map(({ name }) => name);

/** An order of so many pieces, at so much each. */
async function ordered(quantity, price) {
  const [partner] = (await read('res.partner', { domain: [['is_company', '=', true]], limit: 1 })).records;
  const [product] = (await read('product.product', { domain: [['sale_ok', '=', true]], limit: 1 })).records;
  const line = { product_id: product.id, product_uom_qty: quantity, price_unit: price };
  return call(key, 'create_records', { model: ORDER, records: [{ partner_id: partner.id, order_line: [[0, 0, line]] }] });
}

test('a field that is hidden does not exist', async ({ page }) => {
  expect(await named('res.partner')).toContain('email');
  await findPolicy(page, 'res.partner');
  await showFields(page, 'All but the ticked ones', 'email', 'phone');
  await saved(page);
  const left = await named('res.partner');
  expect(left).toContain('city');
  expect(left).not.toContain('email');
  expect(left).not.toContain('phone');
  const [partner] = (await read('res.partner', { limit: 1 })).records;
  expect(Object.keys(partner)).not.toContain('email');
  // In every way to ask it is answered as one that was never there.
  const wishes = (field) => [
    ['search_records', { model: 'res.partner', fields: ['name', field] }],
    ['search_records', { model: 'res.partner', domain: [[field, 'ilike', 'a']] }],
    ['search_records', { model: 'res.partner', order: `${field} desc` }],
    ['search_records', { model: ORDER, domain: [[`partner_id.${field}`, 'ilike', 'a']] }],
    ['read_records', { model: 'res.partner', ids: [partner.id], fields: [field] }],
    ['count_records', { model: 'res.partner', domain: [[field, '!=', false]] }],
    ['aggregate_records', { model: 'res.partner', group_by: [field], aggregates: ['__count'] }],
    ['export_records', { model: 'res.partner', ids: [partner.id], fields: [field], format: 'csv' }],
    ['create_records', { model: 'res.partner', records: [{ name: 'x', [field]: 'y' }] }],
    ['update_records', { model: 'res.partner', ids: [partner.id], values: { [field]: 'y' } }],
  ];
  const never = wishes('zzzzz');
  for (const [nth, [tool, args]] of wishes('email').entries()) {
    const said = await refusal(key, tool, args);
    expect(said, tool).toContain('has no field `email`');
    expect(said, tool).toBe((await refusal(key, ...never[nth])).replaceAll('zzzzz', 'email'));
  }
  const misspelt = await refusal(key, 'search_records', { model: 'res.partner', fields: ['emial'] });
  expect(misspelt).not.toContain('`email`');
  const file = await call(key, 'export_records', { model: 'res.partner', ids: [partner.id], fields: ['name', 'city'], format: 'csv' });
  const csv = await (await fetch(file.download_url)).text();
  expect(csv).toContain(partner.name);
});

test('a choice that names no field is told beside its boxes', async ({ page }) => {
  await policyForm(page, ORDER);
  await page.getByLabel('Fields shown').selectOption('All but the ticked ones');
  await refused(page, 'Tick the fields that are to be hidden, or choose All fields.');
  await expect(page.getByLabel('Fields shown')).toHaveValue('hidden');
  // Nor do ticks alone hide anything, and that is not left unsaid.
  await showFields(page, 'All fields', 'note');
  await refused(page, 'Fields are ticked: choose whether they are hidden, or shown alone.');
  await expect(page.getByRole('group', { name: 'Ticked fields' }).locator('[value="note"]')).toBeChecked();
});

test('looking for the model of a new policy loses nothing that was ticked, nor does JavaScript matter', async ({ browser }) => {
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled });
    await context.addCookies(cookies);
    const page = await context.newPage();
    await page.goto('/technical/mcp/policies/new');
    const operations = page.getByRole('group', { name: 'Operations', exact: true });
    await operations.getByLabel('Read', { exact: true }).check();
    await operations.getByLabel('Export').check();
    await page.getByRole('searchbox').fill('lead');
    await page.getByRole('searchbox').press('Enter');
    await expect(page.getByText(/without a policy match(es)? “lead”/)).toBeVisible();
    await expect(operations.getByLabel('Read', { exact: true })).toBeChecked();
    await expect(operations.getByLabel('Export')).toBeChecked();
    await expect(page.getByRole('searchbox')).toHaveValue('lead');
    await context.close();
  }
});

test('what can have no effect is said after saving, and not offered', async ({ page }) => {
  await policyForm(page, 'sale.order.line');
  const operations = page.getByRole('group', { name: 'Operations', exact: true });
  await operations.getByLabel('Report').check();
  await saved(page);
  await expect(page).toHaveURL(/sale\.order\.line$/);
  await expect(page.getByText('has no documents to print')).toBeVisible();
  const { models } = await call(key, 'list_models', { query: 'sale.order.line' });
  expect(models[0].operations).not.toContain('report');
  await operations.getByLabel('Report').uncheck();
  await saved(page);
  await expect(page).toHaveURL(/policies$/);
});

test('fields that are allowed are there alone', async ({ page }) => {
  await policyForm(page, 'res.partner');
  await expect(page.getByLabel('Fields shown')).toHaveValue('hidden');
  await expect(page.getByRole('group', { name: 'Ticked fields' }).getByRole('checkbox', { checked: true })).toHaveCount(2);
  await showFields(page, 'The ticked ones alone', 'name', 'city', 'is_company');
  await saved(page);
  expect((await named('res.partner')).sort()).toEqual(['city', 'id', 'is_company', 'name']);
  expect(await refusal(key, 'search_records', { model: 'res.partner', fields: ['street'] })).toContain('no field `street`');
  await policyForm(page, 'res.partner');
  await showFields(page, 'All fields');
  await saved(page);
  expect(await named('res.partner')).toContain('email');
});

test('an extra domain that can not be meant loses nothing that was typed; a good one holds for everything', async ({ page }) => {
  const all = (await call(key, 'count_records', { model: 'res.partner' })).total;
  const [person] = (await read('res.partner', { domain: [['is_company', '=', false]], limit: 1 })).records;
  await policyForm(page, 'res.partner');
  const domain = page.getByLabel('Extra domain');
  await page.getByLabel('Max records').fill('50');
  await page.getByRole('group', { name: 'Operations', exact: true }).getByLabel('Delete').uncheck();
  for (const [typed, why] of [
    ['[["is_company","=",true]', 'this bracket is never closed with ]'],
    ['[["is_compny","=",true]]', 'has no field `is_compny`. Did you mean is_company?'],
    ['[["is_company","near",true]]', '`near` is no operator'],
    ['[["is_company","=","yes"]]', '"yes" does not fit'],
  ]) {
    await domain.fill(typed);
    await refused(page, why);
    await expect(domain).toHaveValue(typed);
    await expect(domain).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Max records')).toHaveValue('50');
    await expect(page.getByRole('group', { name: 'Operations', exact: true }).getByLabel('Delete')).not.toBeChecked();
  }
  expect((await call(key, 'count_records', { model: 'res.partner' })).total).toBe(all);
  await domain.fill('[["is_company","=",true]]');
  await saved(page);
  expect((await call(key, 'count_records', { model: 'res.partner' })).total).toBeLessThan(all);
  expect((await call(key, 'count_records', { model: 'res.partner', domain: [['is_company', '=', false]] })).total).toBe(0);
  await refusal(key, 'update_records', { model: 'res.partner', ids: [person.id], values: { city: 'Ulm' } });
  // What is written must meet it afterwards too.
  await refusal(key, 'create_records', { model: 'res.partner', records: [{ name: 'A person', is_company: false }] });
  expect((await call(key, 'create_records', { model: 'res.partner', records: [{ name: 'A firm', is_company: true }] })).status).toBe('done');
});

test('a record limit of its own', async ({ page }) => {
  await policyForm(page, 'res.partner');
  const limit = page.getByLabel('Max records');
  for (const wrong of ['0', '10001', '2.5']) {
    await limit.fill(wrong);
    await refused(page, /10000|whole number/);
    await expect(limit).toHaveValue(wrong);
  }
  await limit.fill('5');
  await saved(page);
  const page1 = await read('res.partner', { limit: 50 });
  expect(page1.records).toHaveLength(5);
  expect(page1.has_more).toBe(true);
  await policyForm(page, 'res.partner');
  await limit.fill('');
  await page.getByLabel('Extra domain').fill('');
  await saved(page);
  expect((await read('res.partner', { limit: 50 })).records).toHaveLength(50);
});

test('narrowing is required of stock.movement from the start, and of whatever else says so', async ({ page }) => {
  const wide = () => refusal(key, 'search_records', { model: 'stock.movement', domain: [['quantity', '>', 0]] });
  const said = await wide();
  expect(said).toMatch(/about [1-9]\d{3,} records of stock\.movement/);
  expect(said).toContain('filter on date, product_id, warehouse_id, company_id');
  const since = { model: 'stock.movement', domain: [['date', '>=', '2026-06-01']] };
  expect((await call(key, 'count_records', since)).total).toBeGreaterThan(0);
  await policyForm(page, 'stock.movement');
  await expect(page.getByLabel('Require narrowing')).toBeChecked();
  await page.getByLabel('Require narrowing').uncheck();
  await saved(page);
  expect((await call(key, 'count_records', { model: 'stock.movement' })).total).toBeGreaterThan(10_000);
  await policyForm(page, 'stock.movement');
  await page.getByLabel('Require narrowing').check();
  await saved(page);
  await wide();
  await policyForm(page, ORDER);
  await page.getByLabel('Require narrowing').check();
  await saved(page);
  expect(await refusal(key, 'count_records', { model: ORDER })).toMatch(/about \d+ records of sale\.order/);
  await policyForm(page, ORDER);
  await page.getByLabel('Require narrowing').uncheck();
  await saved(page);
});

test('only the methods that are ticked can be called', async ({ page }) => {
  const confirm = async () => ({ model: ORDER, method: 'action_confirm', ids: (await ordered(1, 10)).ids, dry_run: true });
  expect((await call(key, 'call_method', await confirm())).status).toBe('dry_run');
  await policyForm(page, ORDER);
  const methods = page.getByRole('group', { name: 'Allowed methods' });
  await expect(methods.locator('[value="action_confirm"]')).toBeChecked();
  await methods.locator('[value="action_confirm"]').uncheck();
  await methods.locator('[value="action_cancel"]').check();
  await saved(page);
  expect(await refusal(key, 'call_method', await confirm())).toContain('Model policy: sale.order does not allow the method action_confirm');
  await policyForm(page, ORDER);
  await methods.locator('[value="action_confirm"]').check();
  await saved(page);
  expect((await call(key, 'call_method', await confirm())).status).toBe('dry_run');
});

test('approval: many records, dear documents, and what can not be meant', async ({ page }) => {
  const { ids: [one] } = await ordered(1, 10);
  const { ids: [two] } = await ordered(1, 10);
  const { ids: [three] } = await ordered(1, 10);
  await policyForm(page, ORDER);
  const records = page.getByLabel('Only above', { exact: true });
  const amount = page.getByLabel('Only above the amount');
  const hours = page.getByLabel('Expires after');
  await records.fill('2');
  await refused(page, 'demands none of what can wait');
  await wait(page, 'Create', 'Write');
  for (const wrong of ['1,000', 'much', '-5', '10.005']) {
    await amount.fill(wrong);
    await refused(page, `\`${wrong}\` is no amount`);
    await expect(amount).toHaveValue(wrong);
    await expect(records).toHaveValue('2');
    await expect(page.getByRole('group', { name: 'Operations that wait' }).getByLabel('Write')).toBeChecked();
  }
  await amount.fill('1000.50');
  await hours.fill('721');
  await refused(page, '720');
  await hours.fill('2');
  await saved(page);
  expect((await update(ORDER, [one, two], { note: 'Two.' })).status).toBe('done');
  expect((await update(ORDER, [one, two, three], { note: 'Three.' })).status).toBe('pending_approval');
  expect((await ordered(1, 100)).status).toBe('done');
  expect((await ordered(20, 100)).status).toBe('pending_approval');
  await page.goto('/technical/mcp/approvals');
  const rows = page.getByRole('row').filter({ hasText: ORDER });
  await expect(rows).toHaveCount(2);
  for (const nth of [0, 1]) await expect(rows.nth(nth)).toContainText(/in (2 hours|1 hour|119 minutes)/);
  await rows.filter({ hasText: 'Create' }).getByRole('link').first().click();
  await expect(page.getByText('above an amount of 1000.50')).toBeVisible();
  await page.goBack();
  await rows.filter({ hasNotText: 'Create' }).getByRole('link').first().click();
  await expect(page.getByText('on more than 2 records; these are 3')).toBeVisible();
});

test('approval: with four eyes whoever asked can not approve', async ({ page }) => {
  await policyForm(page, ORDER);
  await expect(page.getByLabel('Only above the amount')).toHaveValue('1000.50');
  await page.getByLabel('Four eyes').check();
  await saved(page);
  expect((await ordered(30, 100)).status).toBe('pending_approval');
  await page.goto('/technical/mcp/approvals');
  await page.getByRole('row').filter({ hasText: 'Create' }).last().getByRole('link').first().click();
  await expect(page.getByText('Somebody else has to approve this')).toBeVisible();
  await expect(page.locator('summary', { hasText: 'Approve' })).toHaveCount(0);
  await expect(page.locator('summary', { hasText: 'Refuse' })).toHaveCount(1);
});

test('approval: whatever posts a document waits, and it is said that it can not be undone', async ({ page }) => {
  await policyForm(page, 'account.move');
  await page.getByLabel('Posting waits').check();
  await saved(page);
  const [draft] = (await read('account.move', { domain: [['state', '=', 'draft']], limit: 1 })).records;
  expect((await update('account.move', [draft.id], { ref: 'By hand' })).status).toBe('done');
  expect((await call(key, 'call_method', { model: 'account.move', method: 'action_post', ids: [draft.id] })).status).toBe('pending_approval');
  await page.goto('/technical/mcp/approvals');
  await page.getByRole('row').filter({ hasText: 'account.move' }).getByRole('link').first().click();
  await expect(page.getByText('The policy of account.move demands approval where a document is posted.')).toBeVisible();
  await expect(page.getByText("This can't be undone")).toBeVisible();
});
