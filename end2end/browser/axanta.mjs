// What the specs share: passwords, sign-in, and what no page may do.
import { test as base, expect } from '@playwright/test';
import { readFileSync } from 'node:fs';

const secrets = readFileSync(process.env.AXANTA_SECRETS, 'utf8');

/** The password that the first start made for a login. */
export function password(login) {
  const line = secrets.split('\n').find((l) => l.trim().startsWith(`${login} `));
  if (!line) throw new Error(`the first start says no password of ${login}`);
  return line.trim().split(/\s+/)[1];
}

/** A test whose page must leave the console silent: no message, no error, nothing that the policy of content refused. */
export const test = base.extend({
  page: async ({ page }, use) => {
    const said = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`error: ${error.message}`));
    // What is given up because the script goes on to another page has not failed.
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      if (why !== 'net::ERR_ABORTED') said.push(`failed: ${request.url()}: ${why}`);
    });
    await use(page);
    // A refused form is answered with 422, which Chromium notes; and nobody types as early as this script does.
    const harmless = /status of (401|403|404|409|422|429)|Autofocus processing was blocked/;
    expect(said.filter((line) => !harmless.test(line))).toEqual([]);
  },
});

export { expect };

export async function signIn(page, login, word = password(login)) {
  await page.goto('/login');
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password').fill(word);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

/** Opens an entry of the app menu. */
export async function open(page, section, entry) {
  const menu = page.getByRole('navigation', { name: 'Apps' });
  await menu.getByText(section, { exact: true }).first().click();
  await menu.getByRole('link', { name: entry, exact: true }).click();
}
