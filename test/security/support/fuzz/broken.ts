import fc from 'fast-check';
import { clientMessages } from '../../../../protocol/messages.ts';

/**
 * What stands in a text for something that is known only when it is sent: an id of the world at that
 * moment, or a piece of JSON that no value is written as.
 */
export const placeholder = (what: string, of: string | number): string => `«${what} ${of}»`;

/** The text with what is known by now in the place of what it only names. */
export function filled(text: string, value: (what: string, at: number) => string): string {
  return text
    .replace(/"«raw ([^»]*)»"/g, (_, quoted: string) => unquoted(quoted))
    .replace(/«(\w+) (\d+)»/g, (_, what: string, at: string) =>
      JSON.stringify(value(what, Number(at))).slice(1, -1),
    );
}

/** The text of a JSON string's inside. */
function unquoted(inside: string): string {
  try {
    return String(JSON.parse(`"${inside}"`));
  } catch {
    return inside;
  }
}

const known = fc
  .tuple(
    fc.constantFrom('session', 'own', 'key', 'ownKey', 'token', 'client', 'connection', 'robot', 'robotOf'),
    fc.nat(7),
  )
  .map(([what, at]) => placeholder(what, at));

/** Written as it stands, without quotes. */
const raw = fc
  .constantFrom('1e999', '-1e999', '-0', '1E-400', '9007199254740993', '0.1e1', '1'.repeat(400), '\\u0041')
  .map((text) => placeholder('raw', text));

const nested = fc
  .tuple(fc.constantFrom(['[', ']'], ['{"a":', '}']), fc.constantFrom(3, 200, 4_000))
  .map(([[open = '', close = ''], depth]) =>
    placeholder('raw', `${open.repeat(depth)}0${close.repeat(depth)}`),
  );

const texts = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'null',
    '$connect',
    '$default',
    'rover-1\u0000',
    'rover-1 ',
    'ROVER-1',
    '../rover-1',
    '%2e%2e',
    'rover-1#session',
    '\u202erover-1',
    '\ud800',
    '\udfff\ud800',
    'e\u0301'.repeat(64),
    '{"$gt":""}',
    "' OR 1=1 --",
    `$${'{jndi:ldap://127.0.0.1/a}'}`,
    'x'.repeat(129),
    'x'.repeat(20_000),
    '€'.repeat(10_300),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** What a field does not expect. */
const wrong: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: known, weight: 4 },
  { arbitrary: texts, weight: 4 },
  { arbitrary: fc.jsonValue(), weight: 3 },
  { arbitrary: raw, weight: 2 },
  { arbitrary: nested, weight: 1 },
  {
    arbitrary: fc.constantFrom(null, true, false, 0, -1, 1.5, 2 ** 53, 1e308, [], {}, [[]], [null]),
    weight: 4,
  },
);

const strangeNames = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'toJSON',
  'then',
  'connectionId',
  'clientId',
  'principalId',
  'groups',
  'identity',
  'leaseEpoch',
  'type',
  'from',
);
const fieldNames = fc.constantFrom(
  ...new Set(Object.values(clientMessages).flatMap(({ shape }) => Object.keys(shape))),
);

/** One change of a message's text. */
type Change = (text: string) => string;

const isObjectText = (text: string) => text.startsWith('{') && text.endsWith('}');
const field = (name: string, value: unknown) => `${JSON.stringify(name)}:${JSON.stringify(value)}`;

/** A second field of a name is the one that a parser takes; before the others it is the one that it does not. */
function spliced(name: string, value: unknown, where: 'first' | 'last'): Change {
  return (text) => {
    if (!isObjectText(text)) return text;
    const inner = text.slice(1, -1);
    const parts = where === 'first' ? [field(name, value), inner] : [inner, field(name, value)];
    return `{${parts.filter((part) => part !== '').join(',')}}`;
  };
}

function parsed(change: (fields: Record<string, unknown>) => unknown): Change {
  return (text) => {
    if (!isObjectText(text)) return text;
    try {
      return JSON.stringify(change(JSON.parse(text)));
    } catch {
      return text;
    }
  };
}

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fieldNames, wrong, fc.constantFrom('first', 'last'))
      .map(([name, value, where]) => spliced(name, value, where)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(strangeNames, wrong, fc.constantFrom('first', 'last'))
      .map(([name, value, where]) => spliced(name, value, where)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fieldNames, wrong)
      .map(([name, value]) =>
        parsed((fields) => (Object.hasOwn(fields, name) ? { ...fields, [name]: value } : fields)),
      ),
  },
  {
    weight: 2,
    arbitrary: fieldNames.map((name) => parsed(({ [name]: _, ...others }) => others)),
  },
  {
    weight: 1,
    arbitrary: fieldNames.map((name) => parsed((fields) => ({ ...fields, [name]: [fields[name]] }))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Change>(
      (text) => `[${text}]`,
      (text) => JSON.stringify(text),
      (text) => `${text}${text}`,
      (text) => `\ufeff${text}`,
      (text) => ` \n${text}\t`,
      (text) => `${text}\u0000`,
      (text) => text.replaceAll('"', "'"),
      (text) => text.slice(0, text.length >> 1),
    ),
  },
);

/** A text with up to so many structural changes, which may undo each other. */
export function broken(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([text, changes]) => changes.reduce((so, one) => one(so), text));
}
