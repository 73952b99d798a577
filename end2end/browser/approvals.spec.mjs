// What an assistant changes: put before a person, approved or refused, shown in the log, and taken back.
import { expect, open, signIn, test } from './axanta.mjs';
import { policyForm, saved, wait } from './policies.mjs';
import { call, generated, held, policy, writer } from './written.mjs';

test.describe.configure({ mode: 'serial' });

let demo;
test.beforeAll(async () => {
  demo = await writer(`approvals ${Date.now()}`);
});

/** Opens a question and answers it with yes. */
async function sure(page, opener, name, word) {
  await page.locator('summary', { hasText: opener }).last().click();
  const button = page.getByRole('button', { name });
  if (word) await button.locator('xpath=ancestor::form').getByRole('textbox').fill(word);
  await button.click();
}

test('until the policy says that it waits, a change is done at once', async ({ page }) => {
  const confirmed = async () => demo.confirm((await demo.order()).changes.find(({ model }) => model === 'sale.order').id);
  expect((await confirmed()).status).toBe('done');
  await signIn(page, 'admin');
  await policyForm(page, 'sale.order');
  await wait(page, 'Method Call');
  await saved(page);
  expect((await confirmed()).status).toBe('pending_approval');
});

test('a change waits until a person approves it, exactly as shown', async ({ page }) => {
  const order = (await demo.order()).changes.find((change) => change.model === 'sale.order');
  const asked = await demo.confirm(order.id, `confirm-${order.id}`);
  expect(asked.status).toBe('pending_approval');
  await signIn(page, 'admin');
  const menu = page.getByRole('navigation', { name: 'Apps' });
  await menu.getByText('Technical', { exact: true }).first().click();
  await menu.getByRole('link', { name: /^Approvals \d+ waiting$/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Approvals');
  await page.getByRole('link', { name: `Confirm ${order.name}` }).click();
  await expect(page.getByText('The policy of sale.order demands approval of Method Call.')).toBeVisible();
  await expect(page.getByText('action_confirm', { exact: true })).toBeVisible();
  const { partner_id: customer, amount_total: total } = (await call(demo.key, 'read_records', {
    model: 'sale.order', ids: [order.id], fields: ['partner_id', 'amount_total'],
  })).records[0];
  await expect(page.locator('.glance')).toContainText(`${customer.name} · `);
  await expect(page.locator('.glance')).toContainText(total.toLocaleString('en-US', { minimumFractionDigits: 2 }));
  const state = page.getByRole('row', { name: /^Status/ }).first();
  await expect(state).toContainText('Quotation');
  expect((await call(demo.key, 'read_records', { model: 'sale.order', ids: [order.id], fields: ['state'] })).records[0].state).toBe('draft');
  await sure(page, 'Approve', `Approve: confirm ${order.name}`, 'All is well.');
  await expect(page.getByText('It is approved, and done.')).toBeVisible();
  await expect(page.getByText('All is well.')).toBeVisible();
  await expect(page.locator('summary', { hasText: 'Approve' })).toHaveCount(0);
  const told = await demo.confirm(order.id, `confirm-${order.id}`);
  expect(told.status).toBe('done');
  expect(told.approval.word).toBe('All is well.');
  await page.getByRole('link', { name: 'What was done, in the log' }).click();
  await expect(page.getByRole('heading', { name: 'What it changed' })).toBeVisible();
  await sure(page, 'Undo', /^Undo the change of /);
  await expect(page.getByText('It is undone: the records are as they were before.')).toBeVisible();
  await expect(page.getByText('This was undone by admin')).toBeVisible();
  expect((await call(demo.key, 'read_records', { model: 'sale.order', ids: [order.id], fields: ['state'] })).records[0].state).toBe('draft');
  await page.getByRole('link', { name: 'its entry' }).click();
  await expect(page.getByText('This took back what was done by demo')).toBeVisible();
});

test('what is refused is not done, and the assistant is told why', async ({ page }) => {
  const order = (await demo.order()).changes.find((change) => change.model === 'sale.order');
  await demo.confirm(order.id, `refused-${order.id}`);
  await signIn(page, 'admin');
  await page.goto('/technical/mcp/approvals');
  await page.getByRole('link', { name: `Confirm ${order.name}` }).click();
  await sure(page, 'Refuse', `Refuse: confirm ${order.name}`, 'Ask <Sally> first.');
  await expect(page.getByText('It is refused; nothing was changed.')).toBeVisible();
  await expect(page.getByText('Ask <Sally> first.')).toBeVisible();
  const told = await demo.confirm(order.id, `refused-${order.id}`);
  expect(told.status).toBe('refused');
  expect(told.approval.word).toBe('Ask <Sally> first.');
  await page.goto('/technical/mcp/approvals?show=decided');
  await expect(page.getByRole('row').filter({ hasText: order.name })).toContainText('Refused');
});

test('the log is asked about a document, and tells what was done with it', async ({ page }) => {
  const order = (await demo.order()).changes.find((change) => change.model === 'sale.order');
  await call(demo.key, 'call_method', { model: 'sale.order', method: 'action_confirm', ids: [order.id], dry_run: true });
  await demo.confirm(order.id, `asked-${order.id}`);
  await signIn(page, 'admin');
  await page.goto('/technical/mcp/logs');
  await page.getByRole('searchbox').fill(order.name);
  await page.getByRole('button', { name: 'Search' }).click();
  const rows = page.getByRole('region', { name: 'Log' }).locator('tbody tr');
  await expect(rows.filter({ hasText: `Create ` }).filter({ hasText: order.name })).toHaveCount(1);
  await expect(rows.filter({ hasText: `Confirm ${order.name}` }).filter({ hasText: 'Dry run' })).toHaveCount(1);
  const waits = rows.filter({ hasText: `Confirm ${order.name}` }).filter({ hasText: 'Waits for approval' });
  await expect(waits).toHaveCount(1);
  await page.getByRole('link', { name: 'every entry that changed it' }).first().click();
  await expect(rows).toHaveCount(1);
  await page.goBack();
  await waits.getByRole('link').first().click();
  await page.getByRole('link', { name: 'what was asked for, and the word on it' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Confirm ${order.name}`);
});

test('what somebody changed since is not overwritten by an undo', async ({ page }) => {
  const [lead] = (await demo.lead({ name: 'A chance <b>' })).changes;
  await demo.write('crm.lead', lead.id, { city: 'Kiel' });
  await demo.write('crm.lead', lead.id, { city: 'Ulm' });
  await signIn(page, 'admin');
  await open(page, 'Technical', 'Logs');
  const entries = async () => {
    await page.goto('/technical/mcp/logs?kind=change&tool=update_records&model=crm.lead');
    return page.locator('tbody tr');
  };
  await (await entries()).nth(1).getByRole('link').first().click();
  await sure(page, 'Undo', 'Undo the change of Lead / Opportunity A chance <b>');
  await expect(page.getByText('is not as this change left it')).toBeVisible();
  for (const nth of [0, 1]) {
    await (await entries()).nth(nth).getByRole('link').first().click();
    await sure(page, 'Undo', 'Undo the change of Lead / Opportunity A chance <b>');
    await expect(page.getByText('It is undone')).toBeVisible();
  }
  const [now] = (await call(demo.key, 'read_records', { model: 'crm.lead', ids: [lead.id], fields: ['city'] })).records;
  expect(now.city ?? null).toBe(null);
});

test('the entry of a change shows records before and after, and Undo says what it will do', async ({ page }) => {
  const [lead] = (await demo.lead({ name: 'A prospect', city: 'Ulm', expected_revenue: 1000 })).changes;
  await demo.write('crm.lead', lead.id, { city: 'Kiel', expected_revenue: 2500.5 });
  await signIn(page, 'admin');
  await page.goto('/technical/mcp/logs?kind=change&tool=update_records&model=crm.lead');
  await page.locator('tbody tr').first().getByRole('link').first().click();
  const changed = (field) => page.getByRole('row').filter({ hasText: field }).getByRole('cell');
  await expect(changed('City')).toContainText(['Ulm', 'Kiel']);
  await expect(changed('Expected Revenue')).toContainText(['1,000.00', '2,500.50']);
  await page.locator('summary', { hasText: 'Undo' }).last().click();
  await expect(page.getByText('1 record that was changed is put back as it was.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo the change of Lead / Opportunity A prospect' }).click();
  await expect(page.getByText('It is undone')).toBeVisible();
  await expect(page.locator('summary', { hasText: 'Undo' })).toHaveCount(0);
  const [now] = (await call(demo.key, 'read_records', { model: 'crm.lead', ids: [lead.id], fields: ['city', 'expected_revenue'] })).records;
  expect([now.city, now.expected_revenue]).toEqual(['Ulm', 1000]);
});

test('that a posted document stays is said before it is posted, and where it stands in the log', async ({ page }) => {
  policy('account.move', '--allow', 'read,method_call', '--method', 'action_post');
  const key = generated('admin', `books ${Date.now()}`);
  await held();
  const [draft] = (await call(key, 'search_records', { model: 'account.move', domain: [['state', '=', 'draft']], limit: 1 })).records;
  const post = (more) => call(key, 'call_method', { model: 'account.move', method: 'action_post', ids: [draft.id], ...more });
  const tried = await post({ dry_run: true });
  expect(tried.undo.possible).toBe(false);
  expect((await post()).undo).toEqual(tried.undo);
  await signIn(page, 'admin');
  await page.goto('/technical/mcp/logs?kind=change&model=account.move');
  await page.locator('tbody tr').first().getByRole('link').first().click();
  await expect(page.getByText("This can't be undone")).toBeVisible();
  await expect(page.getByText(tried.undo.reason)).toBeVisible();
  await expect(page.locator('summary', { hasText: 'Undo' })).toHaveCount(0);
});
