// What end2end/run counts: Playwright's report as one line.
import { readFileSync } from 'node:fs';

const { stats } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
console.log(`${stats.expected} passed, ${stats.unexpected + stats.flaky} failed`);
