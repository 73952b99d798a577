// The setup guide, section by section, on a company where no module is installed and nothing is exposed.
import { spawnSync } from 'node:child_process';
import { expect, open, password, signIn, test } from './axanta.mjs';
import { Connector, standIn } from './claude.mjs';

test.describe.configure({ mode: 'serial' });

const INSTRUCTION = 'Amounts are shown without cents.';
const WORD = 'a password of Sally';
let key;
let user;
let client;
let connector;

/** One call of a tool with a bearer key, as Codex makes it. */
async function call(tool, args, bearer = key) {
  const response = await fetch(`${process.env.AXANTA_URL}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${bearer}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-11-25',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args } }),
  });
  const answer = await response.json().catch(() => ({}));
  return { status: response.status, result: answer.result, error: answer.error };
}

const said = (answer) => JSON.stringify(answer.result ?? answer.error);

const card = (page, name) => page.getByRole('article').filter({ has: page.getByRole('heading', { name, exact: true }) });

test('2. Install and Enable MCP: Apps > Search', async ({ page }) => {
  expect((await call('get_context', {}, 'axk_none')).status).toBe(404);
  await signIn(page, 'admin');
  await page.goto('/settings/mcp');
  await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
  await page.getByRole('navigation', { name: 'Apps' }).getByRole('link', { name: 'Apps', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Apps');
  await page.getByRole('searchbox').fill('sales');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('No app matches')).toBeVisible();
  await page.getByRole('searchbox').fill('MCP Server');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(card(page, 'MCP Server').getByText('mcp_server', { exact: true })).toBeVisible();
  await expect(card(page, 'MCP Server').getByText('Not installed', { exact: true })).toBeVisible();
  await expect(card(page, 'MCP Server OAuth')).toContainText('Installs MCP Server first');
  await page.getByRole('button', { name: 'Install MCP Server', exact: true }).click();
  await expect(page.getByText('MCP Server is installed.')).toBeVisible();
  await expect(card(page, 'MCP Server').getByText('Installed', { exact: true })).toBeVisible();
  await page.getByRole('searchbox').fill('mcp_server_oauth');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(card(page, 'MCP Server')).toHaveCount(0);
  await page.getByRole('button', { name: 'Install MCP Server OAuth' }).click();
  await expect(page.getByText('MCP Server OAuth is installed.')).toBeVisible();
  await expect(card(page, 'MCP Server OAuth').getByText('Installed', { exact: true })).toBeVisible();
  await expect.poll(async () => (await call('get_context', {}, 'axk_none')).status, { timeout: 2_000 }).toBe(503);
});

test('2. Install and Enable MCP: Settings > MCP Server', async ({ page }) => {
  await signIn(page, 'admin');
  await open(page, 'Settings', 'MCP Server');
  await expect(page.getByText('Claude must use a public URL')).toBeVisible();
  await page.getByLabel('Enable MCP Server').check();
  await page.getByLabel('Rate Limit').fill('0');
  await page.getByLabel('Max Records Per Request').fill('100');
  await page.getByLabel('Session TTL').fill('30');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Rate Limit is a whole number from 1 to 1000000')).toBeVisible();
  await expect(page.getByLabel('Max Records Per Request')).toHaveValue('100');
  await expect(page.getByLabel('Enable MCP Server')).toBeChecked();
  await page.getByLabel('Rate Limit').fill('120');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The settings are saved')).toBeVisible();
  await expect(page.getByLabel('Rate Limit')).toHaveValue('120');
});

test('3. Give MCP Access to the User: Users, the MCP security group', async ({ page }) => {
  await signIn(page, 'admin');
  await open(page, 'Settings', 'Users');
  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('Sally Sales');
  await page.getByLabel('Login').fill('sally');
  await page.getByLabel('Password', { exact: true }).fill(WORD);
  await page.getByLabel('The same again').fill(WORD);
  await page.getByRole('group', { name: 'Sales' }).getByLabel('Administrator').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Sally Sales');
  user = new URL(page.url()).pathname;
  await page.goto(`${user}?tab=mcp`);
  await expect(page.getByText('Neither MCP User nor MCP Administrator is assigned.')).toBeVisible();
  await page.goto(user);
  await page.getByRole('group', { name: 'MCP' }).getByLabel('MCP User').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/is saved|are saved/).first()).toBeVisible();
  await page.goto(user);
  await expect(page.getByRole('group', { name: 'MCP' }).getByLabel('MCP User')).toBeChecked();
});

test('4. Generate an MCP Key: Users > Open User > MCP Tab', async ({ page }) => {
  await signIn(page, 'admin');
  await open(page, 'Settings', 'Users');
  await page.getByRole('link', { name: 'Sally Sales' }).click();
  await page.getByRole('link', { name: 'MCP', exact: true }).click();
  await generate(page, 'Codex laptop');
  const shown = page.locator('text=/axk_[A-Za-z0-9]{40,}/').first();
  await expect(shown).toBeVisible();
  await expect(page.getByText('You will not see this again')).toBeVisible();
  [key] = (await page.content()).match(/axk_[A-Za-z0-9]{40,}/);
  await expect(page.getByText('codex mcp add axanta').first()).toBeVisible();
  await page.goto(`${user}?tab=mcp`);
  await expect(page.getByText('Codex laptop').first()).toBeVisible();
  expect(await page.content()).not.toContain(key);
});

async function generate(page, name) {
  const opener = page.locator('summary', { hasText: 'Generate MCP Key' });
  if (await opener.count()) await opener.first().click();
  const form = page.locator('form', { has: page.locator('[name="scope"]') });
  await expect(form.getByLabel('Read Only')).toBeChecked();
  await form.locator('[name="name"]').fill(name);
  await form.locator('[name="rate_limit"]').fill('600');
  await form.getByRole('button', { name: /^Generate/ }).click();
}

test('5. Configure MCP Model Policies', async ({ page }) => {
  const before = await call('aggregate_records', { model: 'report.sales.analysis', aggregates: ['price_total:sum'] });
  expect(said(before)).toContain('Model policy');
  await signIn(page, 'admin');
  await open(page, 'Technical', 'Model Policies');
  await page.getByRole('link', { name: /New/ }).first().click();
  await page.locator('[name="model"]').first().waitFor();
  await chooseModel(page, 'report.sales.analysis');
  await page.getByLabel('Read', { exact: true }).check();
  await page.getByRole('button', { name: /Save|Create/ }).first().click();
  await expect(page.getByText('report.sales.analysis').first()).toBeVisible();
  await expect
    .poll(async () => (await call('aggregate_records', { model: 'report.sales.analysis', group_by: ['date:quarter'], aggregates: ['price_total:sum'] })).result?.structuredContent?.total_groups ?? 0)
    .toBeGreaterThan(0);
});

async function chooseModel(page, model) {
  const field = page.locator('[name="model"]').first();
  if ((await field.evaluate((node) => node.tagName)) === 'SELECT') await field.selectOption(model);
  else await field.fill(model);
}

test('6. Add Global Assistant Instructions', async ({ page }) => {
  await signIn(page, 'admin');
  await open(page, 'Settings', 'MCP Server');
  const field = page.getByRole('textbox', { name: 'Global Assistant Instructions' });
  await expect(field).toHaveValue(/^This system must always be referred to as Axanta, not Odoo/);
  await field.fill(`${await field.inputValue()}\n\n${INSTRUCTION}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The settings are saved')).toBeVisible();
  expect(said(await call('get_context', {}))).toContain(INSTRUCTION);
});

test('7. Setup for Claude, step 1: Technical > MCP > OAuth Clients', async ({ page }) => {
  await signIn(page, 'admin');
  await open(page, 'Technical', 'OAuth Clients');
  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page.getByLabel('Client name').fill('Claude');
  await page.getByLabel('Enable the client').check();
  await page.getByLabel('Allow Read Scope').check();
  await page.getByLabel('Allow Write Scope').check();
  await expect(page.getByLabel('Redirect URIs')).toHaveValue(/^https:\/\/claude\.ai\/api\/mcp\/auth_callback$/m);
  await page.getByLabel('Redirect URIs').fill('https://claude.ai/api/mcp/auth_callback');
  await page.getByRole('button', { name: 'Generate Credentials' }).click();
  const once = page.getByRole('region', { name: 'Credentials of Claude' });
  await expect(once).toContainText('You will not see this again');
  await expect(once).toContainText('Do not use the Client Secret Hint as the actual secret.');
  const shown = async (title) => (await once.getByRole('region', { name: title, exact: true }).last().textContent()).trim();
  const url = await shown('Claude > Add Custom Connector: Remote MCP server URL');
  const [id, secret] = [await shown('OAuth Client ID'), await shown('OAuth Client Secret')];
  expect(url).toBe(`${process.env.AXANTA_URL}/mcp`);
  expect(secret).toMatch(/^axs_[A-Za-z0-9]{40,}$/);
  connector = new Connector(url, id, secret);

  await open(page, 'Technical', 'OAuth Clients');
  await page.getByRole('link', { name: 'Claude', exact: true }).click();
  client = new URL(page.url()).pathname;
  await expect(page.getByText('Client Secret Hint')).not.toHaveCount(0);
  const after = await page.content();
  expect(after).toContain(id);
  expect(after).not.toContain(secret);
});

test('7. Setup for Claude, step 2: Claude > Add Custom Connector, start authorization and log in', async ({ page }) => {
  const asked = await standIn(page);
  await page.goto(await connector.authorization());
  await page.getByLabel('Login').fill('sally');
  await page.getByLabel('Password').fill(WORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Claude');
  await expect(page.getByText('claude.ai').first()).toBeVisible();
  await expect(page.getByText('Sally Sales').first()).toBeVisible();
  await expect(page.getByText('Codex laptop').first()).toBeVisible();
  await page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByText('Connected')).toBeVisible();
  expect(asked).toHaveLength(1);

  // Claude will use the permissions, MCP key, and model policies of the logged-in approving user: hers is read-only.
  const given = await connector.exchange(asked[0]);
  expect(given.status, JSON.stringify(given)).toBe(200);
  expect(given.scope.split(' ').sort()).toEqual(['mcp:read', 'offline_access']);
  const bearer = () => connector.tokens.access_token;
  const counted = await call('count_records', { model: 'report.sales.analysis' }, bearer());
  expect(counted.result.structuredContent.total).toBeGreaterThan(100);
  expect(said(await call('search_records', { model: 'res.partner' }, bearer()))).toContain('Model policy: res.partner');
  expect((await connector.refresh()).status).toBe(200);
  expect((await call('get_context', {}, bearer())).status).toBe(200);
});

test('7. Important: the Client Secret Hint is not the secret, and the log says who tried', async ({ page }) => {
  await signIn(page, 'admin');
  await page.goto(client);
  const [, hint] = (await page.locator('main').textContent()).match(/ends in (\S+),/);
  const pasted = new Connector(connector.url, connector.clientId, hint);
  Object.assign(pasted, { server: connector.server, resource: connector.resource, tokens: connector.tokens });
  const refused = await pasted.refresh();
  expect(refused.status).toBe(401);
  expect(refused.error).toBe('invalid_client');
  expect((await call('get_context', {}, hint)).status).toBe(401);
  await expect(async () => {
    await page.goto('/technical/mcp/logs?outcome=denied');
    await page.getByRole('row').filter({ hasText: 'oauth/token' }).first().getByRole('link').first().click({ timeout: 500 });
    await expect(page.getByText(/the Client Secret Hint was sent instead of the client secret/).first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 10_000 });
});

test('7. Reconnect: Sally revokes Claude in My Connections, and it stops at once', async ({ page }) => {
  await page.goto('/connections');
  await page.getByLabel('Login').fill('sally');
  await page.getByLabel('Password').fill(WORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(/\/connections$/);
  await expect(page.getByText('Claude').first()).toBeVisible();
  await page.locator('summary, button', { hasText: /^Revoke$/ }).first().click();
  await page.getByRole('button', { name: 'Revoke Claude' }).click();
  await expect(page.getByText('Revoked').first()).toBeVisible();
  const answer = async () => (await call('get_context', {}, connector.tokens.access_token)).status;
  await expect.poll(answer, { timeout: 1_000 }).toBe(401);
  expect((await connector.refresh()).error).toBe('invalid_grant');

  const asked = await standIn(page);
  await page.goto(await connector.authorization());
  await page.getByRole('button', { name: 'Deny' }).click();
  await expect(page.getByText('Connected')).toBeVisible();
  expect(asked[0].searchParams.get('error')).toBe('access_denied');

  await page.goto(await connector.authorization());
  await page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByText('Connected')).toBeVisible();
  expect((await connector.exchange(asked[1])).status).toBe(200);
  expect(await answer()).toBe(200);
});

test('8. Setup for Codex: what the key reads is what the books say', async () => {
  const answer = await call('count_records', { model: 'report.sales.analysis' });
  expect(answer.status).toBe(200);
  expect(answer.result.structuredContent.total).toBeGreaterThan(100);
  expect((await call('get_context', {}, 'YOUR_MCP_KEY')).status).toBe(401);
});

test('10. Security Summary: a policy restricts an administrator too, and the log says so', async ({ page }) => {
  const generated = spawnSync(process.env.AXANTA_BIN, ['key', 'generate', 'admin', '--name', 'mine', '--scope', 'write'], { encoding: 'utf8' });
  expect(generated.status, generated.stderr).toBe(0);
  const denied = await call('search_records', { model: 'sale.order' }, generated.stdout.trim());
  expect(denied.result.isError).toBe(true);
  expect(said(denied)).toContain('Model policy: sale.order');
  await signIn(page, 'admin');
  await expect(async () => {
    await page.goto('/technical/mcp/logs?outcome=denied');
    await expect(page.getByText('sale.order').first()).toBeVisible({ timeout: 500 });
  }).toPass();
});

test('11. Troubleshooting: the log tells that the token was given, and which request failed then, and why', async ({ page }) => {
  await signIn(page, 'admin');
  for (const [query, words] of [
    ['outcome=allowed', ['oauth/token', 'Claude']],
    ['outcome=denied', ['res.partner']],
  ])
    await expect(async () => {
      await page.goto(`/technical/mcp/logs?${query}`);
      for (const word of words) await expect(page.getByText(word).first()).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 10_000 });
});

test('a revoked key stops at once, and a user without the group is told', async ({ page }) => {
  await signIn(page, 'admin');
  await page.goto(`${user}?tab=mcp`);
  await page.locator('summary, button', { hasText: /^Revoke/ }).first().click();
  await page.getByRole('button', { name: 'Revoke key Codex laptop' }).click();
  await expect(page.getByText('Revoked').first()).toBeVisible();
  await expect.poll(async () => (await call('get_context', {})).status, { timeout: 2_000 }).toBe(401);
});

test('an uninstalled module is gone, keeps its data, and loses it to whoever types its name', async ({ page }) => {
  await signIn(page, 'admin');
  await page.goto('/apps');
  await card(page, 'MCP Server OAuth').locator('summary', { hasText: 'Uninstall' }).click();
  await expect(page.getByText('MCP keys, such as Codex uses, go on working.')).toBeVisible();
  await page.getByRole('button', { name: 'Uninstall MCP Server OAuth' }).click();
  await expect(page.getByText('MCP Server OAuth is uninstalled. Its data is kept.')).toBeVisible();
  await card(page, 'MCP Server OAuth').locator('summary', { hasText: 'Delete data' }).click();
  await page.getByRole('textbox', { name: 'Technical name' }).fill('mcp_server');
  await page.getByRole('button', { name: 'Delete data of MCP Server OAuth' }).click();
  await expect(page.getByText('This is not mcp_server_oauth; nothing was deleted.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Technical name' }).fill('mcp_server_oauth');
  await page.getByRole('button', { name: 'Delete data of MCP Server OAuth' }).click();
  await expect(page.getByText('The data of MCP Server OAuth is deleted. The log stays.')).toBeVisible();
  await page.getByRole('button', { name: 'Install MCP Server OAuth' }).click();
  await expect(page.getByText('MCP Server OAuth is installed.')).toBeVisible();
  await page.goto('/technical/mcp/logs?kind=admin');
  await expect(page.getByText('module.purge').first()).toBeVisible();
});

test('a wrong password is refused in one sentence, and what was typed stays', async ({ page }) => {
  await page.goto('/login');
  await page.getByLabel('Login').fill('admin');
  await page.getByLabel('Password').fill(`${password('admin')}x`);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('Login or password is wrong')).toBeVisible();
  await expect(page.getByLabel('Login')).toHaveValue('admin');
  await expect(page.getByLabel('Password')).toHaveValue('');
});
