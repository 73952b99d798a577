// Why the unexpected failures of a run failed: the suite names them, and leaves the reasons in its results.
// `node reasons.mjs OUTPUT RESULTS` prints `scenario:check-id  reason`, the form a baseline entry has.

import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'

const [output, results] = process.argv.slice(2)
const unexpected = (readFileSync(output, 'utf8').split(/^Unexpected failures.*$/m)[1] ?? '').split(/\n\n/)[0]
const failed = [...unexpected.matchAll(/^ {2}✗ ([^\s:]+)(?::(\S+))?$/gm)].map(([, scenario, check]) => ({ scenario, check }))

for (const file of globSync(`${results}/*/checks.json`).sort()) {
  const name = basename(dirname(file)).replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '')
  for (const { id, status, errorMessage, description } of JSON.parse(readFileSync(file, 'utf8'))) {
    const meant = failed.some(({ scenario, check }) => scenario === name && (!check || check === id))
    if (meant && /FAILURE|WARNING/.test(status)) console.log(`  ${name}:${id}  ${errorMessage ?? description}`)
  }
}
