import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { settingVariables } from '../../functions/environment-names.ts';
import { functionEnvironment } from '../../local/stack/environment.ts';
import { localTableNames } from '../../local/store/local-store.ts';
import { makeTokenPolicy } from '../../protocol/token-policy.ts';
import { inChild } from '../child.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { buildAll } from './builds.ts';

export type ColdStart = {
  readonly name: string;
  readonly build: string;
  readonly bytes: number;
  readonly initMs: number;
  readonly initP90Ms: number;
  /** Time of the processor, which others at work on the machine take little from. */
  readonly cpuMs: number;
  readonly heapBytes: number;
  readonly processes: number;
  readonly byPackage: Readonly<Record<string, number>>;
};
export type ColdStartResult = { readonly starts: readonly ColdStart[] };

const told = z.object({ tookMs: z.number(), cpuMs: z.number(), heapBytes: z.number() });

const local = functionEnvironment({
  region: 'us-east-1',
  policy: makeTokenPolicy({}),
  tables: localTableNames,
  dynamodb: 'http://127.0.0.1:9',
  identity: {
    userPoolId: 'us-east-1_Heliograph',
    clientIds: ['robots', 'people'],
    jwksUri: 'http://127.0.0.1:9/jwks.json',
    endpoint: 'http://127.0.0.1:9',
  },
  managementEndpoint: 'http://127.0.0.1:9/local',
  turn: undefined,
});
/** As on AWS, where nothing says that the keys of the tokens are elsewhere than at Cognito. */
const { [settingVariables.jwksUri]: _, ...environment } = local;

/** Load and init of each bundle, in so many fresh processes, one build after the other in each round. */
export async function measureColdStart({ quick }: { quick: boolean }): Promise<ColdStartResult> {
  const rounds = quick ? 5 : 15;
  const built = await buildAll();
  const cache = await mkdtemp(join(tmpdir(), 'heliograph-compile-cache-'));
  const child = resolve(import.meta.dirname, 'child.ts');
  const contenders = built.flatMap((each) => [
    { ...each, build: each.build as string, args: [each.file] },
    ...(each.build === 'ours' ? [{ ...each, build: 'ours, compile cache', args: [each.file, cache] }] : []),
  ]);
  const samples = contenders.map(() => [] as z.infer<typeof told>[]);
  try {
    // The first start with a compile cache fills it.
    for (const { args } of contenders) if (args.length > 1) await inChild(child, { args, env: environment });
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, { args }] of contenders.entries()) {
        samples[at]?.push(told.parse(await inChild(child, { args, env: environment })));
      }
    }
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
  const starts = contenders.map(({ name, build, bytes, byPackage }, at) => {
    const own = samples[at] ?? [];
    const took = own.map(({ tookMs }) => tookMs);
    return {
      name,
      build,
      bytes,
      initMs: rounded(median(took), 1),
      initP90Ms: rounded(quantile(took, 0.9), 1),
      cpuMs: rounded(median(own.map(({ cpuMs }) => cpuMs)), 1),
      heapBytes: median(own.map(({ heapBytes }) => heapBytes)),
      processes: own.length,
      byPackage,
    };
  });
  return { starts };
}
