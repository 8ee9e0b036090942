import * as z from 'zod';
import type { Overrides } from '../../../functions/runtime/dependencies.ts';
import { type LocalStack, startLocalStack } from '../../../local/stack/local-stack.ts';
import type { LocalStackOptions } from '../../../local/stack/options.ts';

const targetSchema = z.object({
  gateway: z.string(),
  identity: z.string(),
  region: z.string(),
  userPoolId: z.string(),
  clientIds: z.object({ robots: z.string(), people: z.string() }),
  /** Name of the function that revokes, where it is deployed. */
  revocationFunction: z.string().optional(),
  /** Stage of the stacks, where they are deployed. */
  stage: z.string().optional(),
  /** Name of the emulator that the stacks were deployed to; absent on the local stack. */
  emulator: z.string().optional(),
});

/** Where a suite finds the system, as `npm start -- --json` would say it. */
export type Target = z.infer<typeof targetSchema>;

export type StartedTarget = { readonly target: Target; stop(): Promise<void> };

/** The system that the suite is to run on: the deployed one of `HELIOGRAPH_TARGET`, else a local stack of its own. */
export async function startTarget(): Promise<StartedTarget> {
  const given = process.env.HELIOGRAPH_TARGET;
  if (given !== undefined) {
    return { target: targetSchema.parse(JSON.parse(given)), stop: () => Promise.resolve() };
  }
  const stack = await startTestStack();
  return { target: stack.addresses, stop: () => stack.close() };
}

/** What the functions tell of their work. */
export type LifeEvent = Parameters<NonNullable<Overrides['lifeLog']>['note']>[0];

/** Shared by the cases of one file that need no more than the addresses. */
let shared: Promise<StartedTarget> | undefined;

export async function target(): Promise<Target> {
  shared ??= startTarget();
  return (await shared).target;
}

/** A local stack on free ports, for cases that reach into it: faults, short lives, counted calls. Silent unless told otherwise. */
export function startTestStack(
  options: Partial<LocalStackOptions> = {},
  overrides: Overrides = {},
): Promise<LocalStack> {
  return startLocalStack(
    { port: 0, regions: 1, ...options },
    { lifeLog: { note: () => undefined }, ...overrides },
  );
}
