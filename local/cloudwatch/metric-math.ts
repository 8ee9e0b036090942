/**
 * CloudWatch's metric math, as far as the alarms and the dashboard use it: arithmetic, comparisons,
 * `AND`, `OR`, and the functions `IF`, `FILL` (with a number) and `PERIOD`. One data point at a time.
 * What has no data makes what is computed of it have none, and so does a division by zero.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export type DataPoint = {
  /** By the id that the expression names; undefined where there is no data. */
  readonly values: Readonly<Record<string, number | undefined>>;
  readonly periodSeconds: number;
};

type Node = (at: DataPoint) => number | undefined;

/** Reads an expression once; what it gives is evaluated for each data point. @throws {SyntaxError} naming the place. */
export function parseMetricMath(expression: string): Node {
  const tokens = [
    ...expression.matchAll(/\s*(?:(\d+(?:\.\d+)?)|([A-Za-z]\w*)|(>=|<=|==|!=|&&|\|\||[-+*/(),<>])|(\S))/g),
  ];
  let next = 0;

  const peek = () => tokens[next]?.[0]?.trim();
  const fail = (): never => {
    const { index } = tokens[next] ?? { index: expression.length };
    throw new SyntaxError(`Metric math is not understood at character ${index}: ${expression}`);
  };
  const accept = (...expected: readonly string[]): string | undefined => {
    const token = peek();
    if (token === undefined || !expected.includes(token)) return undefined;
    next += 1;
    return token;
  };
  const expect = (token: string): void => {
    if (accept(token) === undefined) fail();
  };

  /** Operators of one precedence, from the left. */
  const leftToRight = (operand: () => Node, operators: readonly string[]) => (): Node => {
    let left = operand();
    for (let by = accept(...operators); by !== undefined; by = accept(...operators)) {
      const [one, operate, other] = [left, operations[by], operand()];
      if (operate === undefined) return fail();
      left = (at) => {
        const [a, b] = [one(at), other(at)];
        return a === undefined || b === undefined ? undefined : operate(a, b);
      };
    }
    return left;
  };

  const primary = (): Node => {
    const [, number, name] = tokens[next] ?? [];
    if (number !== undefined) {
      next += 1;
      return () => Number(number);
    }
    if (accept('-') !== undefined) {
      const negated = primary();
      return (at) => {
        const value = negated(at);
        return value === undefined ? undefined : -value;
      };
    }
    if (accept('(') !== undefined) {
      const inner = any();
      expect(')');
      return inner;
    }
    if (name === undefined) return fail();
    next += 1;
    return accept('(') === undefined ? ({ values }) => values[name] : call(name);
  };

  const call = (name: string): Node => {
    const given: Node[] = [any()];
    while (accept(',') !== undefined) given.push(any());
    expect(')');
    const [first, second, third] = given;
    if (name === 'PERIOD' && first !== undefined && given.length === 1)
      return ({ periodSeconds }) => periodSeconds;
    if (name === 'FILL' && first !== undefined && second !== undefined && given.length === 2) {
      return (at) => first(at) ?? second(at);
    }
    if (
      name === 'IF' &&
      first !== undefined &&
      second !== undefined &&
      third !== undefined &&
      given.length === 3
    ) {
      return (at) => {
        const condition = first(at);
        return condition === undefined ? undefined : condition === 0 ? third(at) : second(at);
      };
    }
    return fail();
  };

  const products = leftToRight(primary, ['*', '/']);
  const sums = leftToRight(products, ['+', '-']);
  const comparisons = leftToRight(sums, ['>=', '<=', '==', '!=', '<', '>']);
  const conjunctions = leftToRight(comparisons, ['AND', '&&']);
  const any = leftToRight(conjunctions, ['OR', '||']);

  const whole = any();
  return next === tokens.length ? whole : fail();
}

const truth = (holds: boolean): number => (holds ? 1 : 0);

const operations: Readonly<Record<string, (a: number, b: number) => number | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? undefined : a / b),
  '>': (a, b) => truth(a > b),
  '<': (a, b) => truth(a < b),
  '>=': (a, b) => truth(a >= b),
  '<=': (a, b) => truth(a <= b),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  AND: (a, b) => truth(a !== 0 && b !== 0),
  '&&': (a, b) => truth(a !== 0 && b !== 0),
  OR: (a, b) => truth(a !== 0 || b !== 0),
  '||': (a, b) => truth(a !== 0 || b !== 0),
};
