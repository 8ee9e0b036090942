import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as browser from '../../../client/src/index.ts';
import * as node from '../../../client/src/node.ts';

const page = readFileSync(new URL('../../../client/README.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code.trimEnd());

it('the examples are at most 15 lines, and import what there is', () => {
  expect(examples).toHaveLength(2);
  for (const code of examples) {
    expect(code.split('\n').length).toBeLessThanOrEqual(15);
    const [, names = '', entry = ''] = /import \{ (.*?) \} from '@heliograph\/client(.*?)'/.exec(code) ?? [];
    const exported = Object.keys(entry === '/node' ? node : browser);
    for (const name of names.split(', ')) {
      expect(exported).toContain(name);
      expect(code.split(name).length, `${name} is used`).toBeGreaterThan(2);
    }
  }
});

it('every reason for an end is named', () => {
  const source = readFileSync(new URL('../../../client/src/reconnect/next-step.ts', import.meta.url), 'utf8');
  const reasons = [...source.matchAll(/\| '(\w+)'/g)].map(([, reason = '']) => reason);
  for (const reason of reasons.filter(
    (each) => !['client', 'robot', 'closed_by_application'].includes(each),
  )) {
    expect(page).toContain(`\`${reason}\``);
  }
});
