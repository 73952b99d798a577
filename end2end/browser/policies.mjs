// The form of a model's policy, as an administrator uses it.
import { expect, open } from './axanta.mjs';

/** Finds the policy of a model in Technical > MCP > Model Policies, and opens it. */
export async function findPolicy(page, model) {
  await open(page, 'Technical', 'Model Policies');
  await page.getByRole('searchbox').fill(model);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('row').filter({ has: page.getByText(model, { exact: true }) }).getByRole('link').first().click();
  await expect(page).toHaveURL(new RegExp(`/policies/${model}$`));
}

export const policyForm = (page, model) => page.goto(`/technical/mcp/policies/${model}`);

export const save = (page) => page.getByRole('button', { name: 'Save', exact: true }).click();

/** Saves, and it is taken: it holds for the next call. */
export async function saved(page) {
  await save(page);
  await expect(page.getByText(/^The policy of .+ is saved; it holds for the next call\.$/)).toBeVisible();
}

/** Saves, and it is not taken. */
export async function refused(page, why) {
  await save(page);
  await expect(page.locator('.error', { hasText: why })).toBeVisible();
}

/** Which fields exist: `All fields`, `All but the ticked ones`, `The ticked ones alone`. */
export async function showFields(page, rule, ...fields) {
  await page.getByLabel('Fields shown').selectOption(rule);
  const fold = page.locator('details', { hasText: 'Choose fields' });
  if (!(await fold.evaluate((node) => node.open))) await fold.locator('summary').click();
  const ticked = page.getByRole('group', { name: 'Ticked fields' });
  for (const box of await ticked.locator(':checked').elementHandles()) await box.uncheck();
  for (const field of fields) await ticked.locator(`[value="${field}"]`).check();
}

/** Which operations wait. */
export async function wait(page, ...operations) {
  const group = page.getByRole('group', { name: 'Operations that wait' });
  for (const operation of ['Create', 'Write', 'Delete', 'Method Call']) {
    await group.getByLabel(operation, { exact: true }).setChecked(operations.includes(operation));
  }
}
