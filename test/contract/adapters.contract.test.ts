import { expect, it } from 'vitest';
import { adapterNames, leftOut } from './support/adapters.ts';

it('says which adapters the contract is held against, and which are left out', () => {
  for (const { name, because } of leftOut) {
    process.stderr.write(`Contract suites: ${name} is left out, ${because}.\n`);
  }
  expect([...adapterNames, ...leftOut.map(({ name }) => name)]).toEqual([
    'memory',
    'dynalite by the SDK',
    'dynalite by signed requests',
    'DynamoDB Local',
  ]);
});
