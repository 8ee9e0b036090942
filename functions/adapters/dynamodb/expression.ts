/**
 * DynamoDB's expressions, written as what they mean. Names and values are always bound: `state` and
 * `ttl` are reserved words there, and a value must never become syntax.
 */
export type Expression = (bind: Bindings) => string;

export type Bindings = {
  /** The attribute's placeholder, `#state`. */
  name(attribute: string): string;
  /** A new placeholder for the value, `:v0`. */
  value(value: unknown): string;
};

/** Collects what the expressions of one request refer to: DynamoDB refuses any name or value that is not used. */
export function collectBindings(): Bindings & {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
} {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  return {
    names,
    values,
    name(attribute) {
      names[`#${attribute}`] = attribute;
      return `#${attribute}`;
    },
    value(value) {
      const placeholder = `:v${Object.keys(values).length}`;
      values[placeholder] = value;
      return placeholder;
    },
  };
}

// Conditions. One on an attribute that is absent is false, except `isAbsent`.
export const isAbsent =
  (attribute: string): Expression =>
  (bind) =>
    `attribute_not_exists(${bind.name(attribute)})`;

export const isPresent =
  (attribute: string): Expression =>
  (bind) =>
    `attribute_exists(${bind.name(attribute)})`;

const compared =
  (operator: '=' | '<>' | '<' | '<=' | '>') =>
  (attribute: string, value: string | number): Expression =>
  (bind) =>
    `${bind.name(attribute)} ${operator} ${bind.value(value)}`;

export const is = compared('=');
export const isNot = compared('<>');
export const isBelow = compared('<');
export const isAtMost = compared('<=');
export const isAbove = compared('>');

/** Without parentheses, which a key condition would not take; AND binds closer than OR anyway. */
export const allOf =
  (...parts: readonly Expression[]): Expression =>
  (bind) =>
    parts.map((part) => part(bind)).join(' AND ');

export const anyOf =
  (...parts: readonly Expression[]): Expression =>
  (bind) =>
    `(${parts.map((part) => part(bind)).join(' OR ')})`;

// Values that the database computes from the row as it was before the update.
export const raised =
  (attribute: string): Expression =>
  (bind) =>
    `if_not_exists(${bind.name(attribute)}, ${bind.value(0)}) + ${bind.value(1)}`;

export const kept =
  (attribute: string, otherwise: string | number | readonly string[]): Expression =>
  (bind) =>
    `if_not_exists(${bind.name(attribute)}, ${bind.value(otherwise)})`;

export const sumOf =
  (one: string, other: string): Expression =>
  (bind) =>
    `${bind.name(one)} + ${bind.name(other)}`;

/** One concern's part of an update. Parts of one update must not touch the same attribute. */
export type Change = {
  /** Plain values; what is undefined is removed. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly compute?: Readonly<Record<string, Expression>>;
  readonly remove?: readonly string[];
  /** Members put into, or taken out of, a string set. */
  readonly include?: Readonly<Record<string, ReadonlySet<string>>>;
  readonly exclude?: Readonly<Record<string, ReadonlySet<string>>>;
};

export const updateWith =
  (...changes: readonly Change[]): Expression =>
  (bind) => {
    const given = changes.flatMap((change) => Object.entries(change.set ?? {}));
    const computed = changes.flatMap((change) => Object.entries(change.compute ?? {}));
    const removed = [
      ...changes.flatMap((change) => change.remove ?? []),
      ...given.filter(([, value]) => value === undefined).map(([attribute]) => attribute),
    ];
    const included = changes.flatMap((change) => Object.entries(change.include ?? {}));
    const excluded = changes.flatMap((change) => Object.entries(change.exclude ?? {}));
    const clauses = {
      SET: [
        ...given
          .filter(([, value]) => value !== undefined)
          .map(([attribute, value]) => `${bind.name(attribute)} = ${bind.value(value)}`),
        ...computed.map(([attribute, expression]) => `${bind.name(attribute)} = ${expression(bind)}`),
      ],
      REMOVE: removed.map((attribute) => bind.name(attribute)),
      ADD: included.map(([attribute, members]) => `${bind.name(attribute)} ${bind.value(members)}`),
      DELETE: excluded.map(([attribute, members]) => `${bind.name(attribute)} ${bind.value(members)}`),
    };
    return Object.entries(clauses)
      .filter(([, parts]) => parts.length > 0)
      .map(([clause, parts]) => `${clause} ${parts.join(', ')}`)
      .join(' ');
  };
