import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { protocolPage } from '../../../docs/reference/protocol-page.ts';
import { errorCodeNames } from '../../../protocol/error-codes.ts';
import { clientMessages } from '../../../protocol/messages.ts';

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

it('the reference page is what the schemas say now (npm run docs brings it up to date)', () => {
  expect(page).toBe(protocolPage());
});

it('it has a section for each action and a row for each error code', () => {
  for (const action of Object.keys(clientMessages)) expect(page).toContain(`### \`${action}\``);
  for (const code of errorCodeNames) expect(page).toContain(`| \`${code}\` |`);
});
