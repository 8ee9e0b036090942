import { describe, expect, it } from 'vitest';
import { parseMetricMath } from '../../../local/cloudwatch/metric-math.ts';
import { metricStore } from '../../../local/cloudwatch/metric-store.ts';

const at = (values: Record<string, number | undefined> = {}) => ({ values, periodSeconds: 300 });

describe('metric math', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['12 / 4 / 3', 1],
    ['-2 * 3', -6],
    ['a / PERIOD(a)', 2],
    ['a > 599 AND b == 3', 1],
    ['a < 600 OR b != 3', 0],
    ['a < 600 || b <= 3', 1],
    ['IF(a >= 600, b, 7)', 3],
    ['IF(a > 600, b, 7)', 7],
    ['FILL(a, 0) + FILL(none, 0.5)', 600.5],
    ['none + 1', undefined],
    ['IF(none, 1, 2)', undefined],
    ['a / (b - 3)', undefined],
  ])('%s is %s', (expression, value) => {
    expect(parseMetricMath(expression)(at({ a: 600, b: 3 }))).toBe(value);
  });

  it.each(['1 +', '(1', 'SUM(a)', 'IF(a, 1)', 'FILL(a)', 'a b', '1 ; 2', ''])(
    '%s is refused',
    (expression) => {
      expect(() => parseMetricMath(expression)).toThrow(SyntaxError);
    },
  );
});

describe('the store', () => {
  const metric = { namespace: 'n', name: 'm', dimensions: { b: '2', a: '1' } };
  const window = { from: 0, to: 10 };

  it('has the statistics of what is within the period', () => {
    const store = metricStore();
    for (const [when, value] of [
      [0, 1],
      [5, 2],
      [9, 9],
      [10, 100],
    ] as const)
      store.put(metric, when, value);
    const read = (stat: string) => store.read(metric, { stat, ...window });
    expect(['Sum', 'Maximum', 'Minimum', 'Average', 'p50', 'p90'].map(read)).toEqual([12, 9, 1, 4, 2, 9]);
    expect(() => read('tm99')).toThrow(RangeError);
    expect(store.read(metric, { stat: 'Sum', from: 20, to: 30 })).toBeUndefined();
    expect(store.read({ ...metric, dimensions: { a: '1' } }, { stat: 'Sum', ...window })).toBeUndefined();
  });
});
