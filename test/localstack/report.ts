import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { differences } from './differences.ts';

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** Cases that were skipped, by the name of the difference; those without one under `undefined`. */
export type Skipped = ReadonlyMap<string | undefined, readonly string[]>;

/** Reads a JSON report of vitest. A skipped case carries the name of its difference in brackets. */
export function skippedIn(reportFile: string): Skipped {
  const report = reportSchema.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
  const skipped = new Map<string | undefined, string[]>();
  for (const { fullName, status } of report.testResults.flatMap((file) => file.assertionResults)) {
    if (status === 'passed' || status === 'failed') continue;
    const inBrackets = /\[([a-z-]+)\]/.exec(fullName)?.[1];
    const name = differences.find((difference) => difference.name === inBrackets)?.name;
    skipped.set(name, [...(skipped.get(name) ?? []), fullName.trim()]);
  }
  return skipped;
}

export function describeSkipped(skipped: Skipped): string {
  const parts = differences
    .filter(({ name }) => skipped.has(name))
    .map(({ name, what, reason }) =>
      [`  ${name}: ${what} ${reason}`, ...(skipped.get(name) ?? []).map((test) => `    - ${test}`)].join(
        '\n',
      ),
    );
  return parts.length === 0 ? 'Nothing was skipped.' : `Skipped, by what differs here:\n${parts.join('\n')}`;
}
