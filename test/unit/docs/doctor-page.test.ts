import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

it.each(['doctor-good', 'doctor-bad'])('the page shows the transcript %s as it is', (name) => {
  expect(read('doctor.md')).toContain(`\`\`\`\n${read(`transcripts/${name}.txt`).trimEnd()}\n\`\`\``);
});
