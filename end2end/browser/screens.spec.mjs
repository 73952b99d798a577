// Every screen, as each sort of person meets it: no finding of axe, nothing said in the browser's console, under 100 KB,
// no sideways scrolling at 390 px; and a picture of each at both widths in light and dark, in end2end/.work/browser/screens.
import AxeBuilder from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { expect, signIn, test } from './axanta.mjs';
import { Connector, standIn } from './claude.mjs';
import { policyForm, refused, saved, showFields, wait } from './policies.mjs';
import { policy, writer } from './written.mjs';

const pictures = fileURLToPath(new URL('../.work/browser/screens/', import.meta.url));
const MOST = 100 * 1024;
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const SCREENS = {
  home: '/',
  apps: '/apps',
  'apps-none': '/apps?search=sales',
  'mcp-server': '/settings/mcp',
  users: '/settings/users',
  'user-new': '/settings/users/new',
  user: '/settings/users/2',
  'user-rights': '/settings/users/2?tab=access',
  'user-mcp': '/settings/users/2?tab=mcp',
  'user-without-group': '/settings/users/4?tab=mcp',
  groups: '/settings/groups',
  companies: '/settings/companies',
  policies: '/technical/mcp/policies',
  'policy-new': '/technical/mcp/policies/new',
  policy: '/technical/mcp/policies/stock.movement',
  'oauth-clients-none': '/technical/mcp/oauth-clients?search=nobody',
  'oauth-client-new': '/technical/mcp/oauth-clients/new',
  'my-connections': '/connections',
  sessions: '/technical/mcp/sessions',
  'approvals-decided-none': '/technical/mcp/approvals?show=decided',
  logs: '/technical/mcp/logs',
  preferences: '/preferences',
  'preferences-mcp': '/preferences?tab=mcp',
  'not-found': '/nothing',
};

mkdirSync(pictures, { recursive: true });

for (const scheme of ['light', 'dark']) {
  for (const width of [1440, 390]) {
    test.describe(`${width} px, ${scheme}`, () => {
      test.use({ colorScheme: scheme, viewport: { width, height: width > 1000 ? 900 : 844 } });

      test('sign-in', async ({ page }) => {
        await page.goto('/login');
        await look(page, 'login', width, scheme);
      });

      for (const [name, path] of Object.entries(SCREENS)) {
        test(name, async ({ page }) => {
          await signIn(page, 'admin');
          await page.goto(path);
          await look(page, name, width, scheme);
        });
      }

      test('log-entry', async ({ page }) => {
        await signIn(page, 'admin');
        await page.goto('/technical/mcp/logs?kind=admin');
        await page.locator('tbody a').first().click();
        await expect(page).toHaveURL(/\/technical\/mcp\/logs\/[^?]/);
        await look(page, 'log-entry', width, scheme);
      });

      test('apps, asked and uninstalled', async ({ page }) => {
        await signIn(page, 'admin');
        await page.goto('/apps');
        const card = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'MCP Server OAuth', exact: true }) });
        await card.locator('summary', { hasText: 'Uninstall' }).click();
        await look(page, 'apps-asked', width, scheme);
        await page.getByRole('button', { name: 'Uninstall MCP Server OAuth' }).click();
        await expect(card.getByText('Not installed')).toBeVisible();
        await look(page, 'apps-uninstalled', width, scheme);
        await card.locator('summary', { hasText: 'Delete data' }).click();
        await page.getByRole('textbox', { name: 'Technical name' }).fill('mcp_server');
        await page.getByRole('button', { name: 'Delete data of MCP Server OAuth' }).click();
        await expect(page.getByText('nothing was deleted')).toBeVisible();
        await look(page, 'apps-delete-refused', width, scheme);
        await page.goto('/apps');
        await page.getByRole('button', { name: 'Install MCP Server OAuth' }).click();
        await expect(card.getByText('Installed', { exact: true })).toBeVisible();
      });

      test('key-shown-once', async ({ page }) => {
        await signIn(page, 'admin');
        await page.goto('/preferences?tab=mcp');
        await page.locator('summary', { hasText: 'Generate MCP Key' }).click();
        const form = page.locator('form', { has: page.locator('[name="scope"]') });
        await form.locator('[name="name"]').fill(`${width} ${scheme}`);
        await form.getByRole('button', { name: /^Generate/ }).click();
        await expect(page.getByText('You will not see this again')).toBeVisible();
        await look(page, 'key-shown-once', width, scheme);
      });

      test('an OAuth client, its credentials, and who is connected through it', async ({ page }) => {
        const name = `Claude ${width} ${scheme}`;
        await signIn(page, 'admin');
        await page.goto('/technical/mcp/oauth-clients/new');
        await page.getByLabel('Client name').fill(name);
        await page.getByLabel('Redirect URIs').fill('http://claude.ai/api/mcp/auth_callback');
        await page.getByRole('button', { name: 'Save' }).click();
        await expect(page.getByText('for any other host write https')).toBeVisible();
        await look(page, 'oauth-client-refused', width, scheme);
        await page.getByLabel('Redirect URIs').fill('https://claude.ai/api/mcp/auth_callback');
        await page.getByRole('button', { name: 'Generate Credentials' }).click();
        await expect(page.getByText('You will not see this again')).toBeVisible();
        await look(page, 'credentials-shown-once', width, scheme);
        const shown = page.getByRole('region', { name: `Credentials of ${name}` });
        const copied = (title) => shown.getByRole('region', { name: title }).getAttribute('data-copy');
        const [id, secret] = [await copied('OAuth Client ID'), await copied('OAuth Client Secret')];

        execFileSync(process.env.AXANTA_BIN, ['key', 'generate', 'admin', '--name', name, '--scope', 'read']);
        const back = await standIn(page);
        const claude = new Connector(`${process.env.AXANTA_URL}/mcp`, id, secret);
        await page.goto(await claude.authorization());
        await look(page, 'consent', width, scheme);
        await page.getByRole('button', { name: 'Approve' }).click();
        await expect.poll(() => back.length).toBe(1);
        expect((await claude.exchange(back[0])).status).toBe(200);

        await page.goto('/technical/mcp/oauth-clients');
        await look(page, 'oauth-clients', width, scheme);
        await page.getByRole('link', { name, exact: true }).click();
        await expect(page.getByText('Client Secret Hint (not the secret)')).toBeVisible();
        expect(await page.content()).not.toContain('axs_');
        await look(page, 'oauth-client', width, scheme);
        await page.locator('summary', { hasText: 'Generate Credentials' }).click();
        await look(page, 'credentials-replaced', width, scheme);
        await page.getByRole('button', { name: `Generate a new secret for ${name}` }).click();
        await expect(page.getByText('You will not see this again')).toBeVisible();
        await expect(page.getByText('it still works, and stops')).toBeVisible();
        await page.goto('/preferences?tab=mcp');
        await look(page, 'preferences-mcp-connected', width, scheme);
        await page.goto('/connections');
        await look(page, 'connections', width, scheme);
        await page.locator('tr', { hasText: name }).locator('summary', { hasText: 'Revoke' }).click();
        await expect(page.getByText(`${name} will stop at once; you can connect again from ${name}.`)).toBeVisible();
        await page.getByRole('button', { name: `Revoke ${name}` }).click();
        await expect(page.locator('tr', { hasText: name }).getByText('Revoked')).toBeVisible();
        expect((await claude.refresh()).error).toBe('invalid_grant');
      });

      test('approvals and the journal', async ({ page }) => {
        const demo = await writer(`screens ${width} ${scheme}`, '--approval', 'method_call');
        const order = (await demo.order()).changes.find((change) => change.model === 'sale.order');
        await demo.confirm(order.id);
        const [lead] = (await demo.lead({ name: `Chance ${width} ${scheme}`, description: 'A long word: ' + 'x'.repeat(200) })).changes;
        await demo.write('crm.lead', lead.id, { city: 'Kiel', expected_revenue: 12_000.5 });
        await signIn(page, 'admin');
        await page.goto('/technical/mcp/approvals');
        await look(page, 'approvals', width, scheme);
        await page.getByRole('link', { name: `Confirm ${order.name}` }).click();
        await look(page, 'approval', width, scheme);
        await page.locator('summary', { hasText: 'Approve' }).last().click();
        await look(page, 'approval-asked', width, scheme);
        await page.getByRole('button', { name: `Approve: confirm ${order.name}` }).click();
        await expect(page.getByText('It is approved, and done.')).toBeVisible();
        await look(page, 'approval-done', width, scheme);
        await page.goto('/technical/mcp/logs?kind=change');
        await look(page, 'logs-changes', width, scheme);
        await page.goto('/technical/mcp/logs?kind=change&model=crm.lead');
        await page.locator('tbody a').first().click();
        await look(page, 'log-change', width, scheme);
        await page.locator('summary', { hasText: 'Undo' }).click();
        await look(page, 'log-undo-asked', width, scheme);
        await page.getByRole('button', { name: 'Undo the change of' }).click();
        await expect(page.getByText('This was undone by admin')).toBeVisible();
        await look(page, 'log-undone', width, scheme);
      });

      test('a policy with its refinements, refused and saved', async ({ page }) => {
        const anew = ['--all-fields', '--no-domain', '--no-max-records', '--no-approval', '--no-require-narrowing'];
        policy('purchase.order', '--allow', 'read,write,delete', ...anew);
        // All of it in sight: the buttons that stay there cover nothing.
        await page.setViewportSize({ width, height: 3_000 });
        await signIn(page, 'admin');
        await policyForm(page, 'purchase.order');
        await page.getByLabel('Fields shown').selectOption('All but the ticked ones');
        await page.getByLabel('Extra domain').fill('[["state","=","done"');
        await page.getByLabel('Max records').fill('10001');
        await page.getByLabel('Only above the amount').fill('much');
        await refused(page, 'is no amount');
        await look(page, 'policy-refused', width, scheme);
        await showFields(page, 'All but the ticked ones', 'partner_ref', 'note');
        await page.getByLabel('Extra domain').fill('[["state","!=","cancel"]]');
        await page.getByLabel('Max records').fill('50');
        await page.getByLabel('Only above the amount').fill('1000');
        await page.getByLabel('Require narrowing').check();
        await page.getByLabel('Four eyes').check();
        await wait(page, 'Write', 'Delete');
        await saved(page);
        await policyForm(page, 'purchase.order');
        await look(page, 'policy-refined', width, scheme);
      });

      test('refused-form', async ({ page }) => {
        await signIn(page, 'admin');
        await page.goto('/settings/mcp');
        await page.getByLabel('Rate Limit').fill('0');
        await page.getByRole('button', { name: 'Save' }).click();
        await expect(page.getByText('Rate Limit is a whole number from 1 to 1000000')).toBeVisible();
        await look(page, 'refused-form', width, scheme);
      });

      test('not-allowed', async ({ page }) => {
        await signIn(page, 'demo');
        await page.goto('/settings/mcp');
        await expect(page.getByText('MCP Administrator')).toBeVisible();
        await look(page, 'not-allowed', width, scheme);
      });
    });
  }
}

async function look(page, name, width, scheme) {
  await page.screenshot({ path: `${pictures}${name}-${width}-${scheme}.png`, fullPage: true, animations: 'disabled' });
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  const found = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  expect(found).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
}

test('a page weighs under 100 KB in all', async ({ page }) => {
  await signIn(page, 'admin');
  for (const path of Object.values(SCREENS)) {
    const client = await page.context().newCDPSession(page);
    await client.send('Network.enable');
    await client.send('Network.setCacheDisabled', { cacheDisabled: true });
    let bytes = 0;
    client.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
    await page.goto(path, { waitUntil: 'networkidle' });
    expect(bytes, path).toBeGreaterThan(1_000);
    expect(bytes, `${path}: bytes over the wire`).toBeLessThan(MOST);
    await client.detach();
  }
});
