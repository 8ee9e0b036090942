import { describe, expect, it } from 'vitest';
import { indexWriteUnits, itemBytes, readUnits, writeUnits } from '../../../bench/meter/capacity.ts';
import { quantile } from '../../../bench/statistics.ts';

const kb = (count: number) => ({ pk: { S: 'x'.repeat(count * 1024 - 2) } });

describe('what DynamoDB would bill', () => {
  it('sizes an item by its names and values', () => {
    // 2+3 of the text, 1+3 of the number (4 digits in 2 bytes, and 1), 4+1 of the boolean, 2+3+1+(3) of the list.
    expect(itemBytes({ pk: { S: 'abc' } })).toBe(5);
    expect(itemBytes({ n: { N: '1234' } })).toBe(4);
    expect(itemBytes({ flag: { BOOL: true } })).toBe(5);
    expect(itemBytes({ li: { L: [{ S: 'abc' }] } })).toBe(2 + 3 + 3 + 1);
    expect(itemBytes({ ss: { SS: ['ab', 'c'] } })).toBe(5);
    expect(itemBytes({ u: { S: 'é' } })).toBe(3);
    expect(itemBytes(undefined)).toBe(0);
  });

  it('reads by 4 KB, at half the price where a read may be late, and charges for what is not there', () => {
    expect([0, 1, 4096, 4097].map((bytes) => readUnits(bytes, true))).toEqual([1, 1, 1, 2]);
    expect(readUnits(4097, false)).toBe(1);
  });

  it('writes by 1 KB of the larger of before and after', () => {
    expect(writeUnits(undefined, kb(1))).toBe(1);
    expect(writeUnits(kb(3), kb(1))).toBe(3);
    expect(writeUnits(undefined, undefined)).toBe(1);
  });

  describe('writes to an index', () => {
    const index = { keys: ['shard', 'at'], projects: ['pk', 'shard', 'at', 'also'] };
    const row = { pk: { S: 'a' }, shard: { N: '1' }, at: { N: '5' }, also: { S: 'b' }, other: { S: 'c' } };

    it.each([
      ['nothing where the item is not in it', undefined, { pk: { S: 'a' } }, 0],
      ['one for an item that comes', undefined, row, 1],
      ['one for an item that goes', row, undefined, 1],
      ['two for a key that changes: it goes and comes', row, { ...row, at: { N: '6' } }, 2],
      ['one for what is projected', row, { ...row, also: { S: 'z' } }, 1],
      ['none for what is not', row, { ...row, other: { S: 'z' } }, 0],
    ])('%s', (_, before, after, units) => {
      expect(indexWriteUnits(index, before, after)).toBe(units);
    });
  });
});

it('takes a quantile by the nearest rank', () => {
  expect(quantile([3, 1, 2, 4], 0.5)).toBe(2);
  expect(quantile([3, 1, 2, 4], 0.99)).toBe(4);
  expect(quantile([7], 0.5)).toBe(7);
});
