import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { localClientIds } from '../stack/client-ids.ts';

const targetSchema = z.object({
  gateway: z.url({ protocol: /^wss?$/ }),
  identity: z.url({ protocol: /^https?$/ }),
  clientIds: z.object({ robots: z.string(), people: z.string() }),
});

/** What a client must know of a Heliograph: the names are those of `npm start -- --json`. */
export type Target = z.infer<typeof targetSchema>;

/** A target that cannot be read. The message says what to do. */
export class TargetUnreadable extends Error {
  override readonly name = 'TargetUnreadable';
}

/** What `npm start` uses when its first port is this one. */
export function localTarget(port: number): Target {
  return {
    gateway: `ws://127.0.0.1:${port + 10}/local`,
    identity: `http://127.0.0.1:${port + 11}`,
    clientIds: localClientIds,
  };
}

/**
 * Reads a target from a file or from an `http(s)` address that holds its JSON.
 *
 * @throws {TargetUnreadable}
 */
export async function loadTarget(fileOrUrl: string): Promise<Target> {
  let text: string;
  try {
    text = /^https?:/.test(fileOrUrl)
      ? await (await fetch(fileOrUrl, { signal: AbortSignal.timeout(10_000) })).text()
      : await readFile(fileOrUrl, 'utf8');
  } catch (cause) {
    throw new TargetUnreadable(`The target ${fileOrUrl} cannot be read; give a file or an http address.`, {
      cause,
    });
  }
  // `npm start -- --json > file` writes the addresses first and its log after them.
  return parseTarget(text.trimStart().split('\n', 1)[0] ?? '', fileOrUrl);
}

/** @throws {TargetUnreadable} naming where the text came from and the fields that are wrong. */
export function parseTarget(text: string, from: string): Target {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new TargetUnreadable(
      `${from} is no line of JSON; it should be the first of \`npm start -- --json\`.`,
      {
        cause,
      },
    );
  }
  const parsed = targetSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'all of it').join(', ');
  throw new TargetUnreadable(
    `${from} lacks what a target needs (${fields}); it should be the first line of \`npm start -- --json\`.`,
  );
}
