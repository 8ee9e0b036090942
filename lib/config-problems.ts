import { closest, distance } from 'fastest-levenshtein';
import type * as z from 'zod';

/** How the setting at a path is called where it was written. */
export type NameOf = (path: readonly PropertyKey[]) => string;

type Schema = { readonly schema: z.core.JSONSchema.BaseSchema; readonly nameOf: NameOf };

/** Settings that had another name in an earlier version, and what to write now. */
const moved: Readonly<Record<string, string>> = {
  tokenUse: 'identity.tokenUse',
  userPoolId: 'identity.userPoolId',
  userPoolClientIds: 'identity.userPoolClients',
  groups: 'identity.groups',
};

/** What is wrong, one sentence each: the name of the setting, and the nearest right one where there is one. */
export function problemsIn(error: z.ZodError, of: Schema): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey({ path: issue.path, key }, of));
    }
    const { nameOf } = of;
    const near =
      issue.code === 'invalid_value' ? nearest(String(issue.input ?? ''), issue.values) : undefined;
    return [`${nameOf(issue.path)}: ${issue.message}.${near === undefined ? '' : ` Did you mean ${near}?`}`];
  });
}

function unknownKey(
  { path, key }: { readonly path: readonly PropertyKey[]; readonly key: string },
  { schema, nameOf }: Schema,
): string {
  const name = nameOf([...path, key]);
  const now = path.length === 0 ? moved[key] : undefined;
  if (now !== undefined)
    return `${name} is no setting of Heliograph any more; it is now ${nameOf(now.split('.'))}.`;
  const known = keysAt(schema, path);
  const near = nearest(key, known);
  return [
    `${name} is no setting of Heliograph; known are ${known.join(', ')}.`,
    ...(near === undefined ? [] : [`Did you mean ${nameOf([...path, near])}?`]),
  ].join(' ');
}

/** Further away than this is not a slip of the pen. */
const slips = 3;

function nearest(given: string, known: readonly unknown[]): string | undefined {
  const names = known.filter((name) => typeof name === 'string');
  if (names.length === 0 || given === '') return undefined;
  const found = closest(
    given.toLowerCase(),
    names.map((name) => name.toLowerCase()),
  );
  const name = names.find((each) => each.toLowerCase() === found);
  const isNear = distance(given.toLowerCase(), found) <= Math.min(slips, Math.ceil(given.length / 2));
  return isNear ? name : undefined;
}

function keysAt(schema: z.core.JSONSchema.BaseSchema, path: readonly PropertyKey[]): string[] {
  let at: z.core.JSONSchema.BaseSchema | undefined = schema;
  for (const key of path) {
    const next: z.core.JSONSchema._JSONSchema | z.core.JSONSchema._JSONSchema[] | undefined =
      typeof key === 'number' ? at?.items : at?.properties?.[String(key)];
    at = typeof next === 'object' && !Array.isArray(next) ? next : undefined;
  }
  return Object.keys(at?.properties ?? {}).filter((key) => key !== '$schema');
}
