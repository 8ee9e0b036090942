import { resolve } from 'node:path';
import { emulatorEnvironment, region, run, workFolder } from './children.ts';
import { deployer } from './deployment.ts';
import { type Emulator, findEmulator, gatewayUrl } from './emulators.ts';
import { describeSkipped, skippedIn } from './report.ts';
import { cognitoAt, deletePool, seedUsers } from './users.ts';

/**
 * Deploys the stacks to the emulator at `AWS_ENDPOINT_URL`, runs the integration suite against what
 * was deployed, and takes the stacks away again, unless `--keep` is given.
 */
async function main(): Promise<number> {
  const keep = process.argv.includes('--keep');
  const emulator = await findEmulator(process.env.AWS_ENDPOINT_URL);
  // One of its own for each run: an emulator may hold a stack that failed under an earlier name.
  const stage = `t${Date.now().toString(36)}`;
  say(`${emulator.name} at ${emulator.endpoint.origin}, stage ${stage}\n`);

  const cdk = deployer(emulator, stage);
  const cognito = cognitoAt(emulator);
  // Ctrl-C ends the step that runs, since it reaches the children too; what was deployed is then taken away below.
  process.on('SIGINT', () => undefined);

  await step('Building the bundles and the templates', cdk.synthesise);
  await step('Preparing the emulator for the CDK', cdk.bootstrap);
  try {
    const deployed = await step('Deploying three stacks', cdk.deploy);
    try {
      await step('Making groups and users', () => seedUsers(cognito, deployed.userPoolId));
      const target = {
        gateway: gatewayUrl(emulator, deployed.apiId),
        identity: emulator.endpoint.origin,
        dynamodb: emulator.endpoint.origin,
        region,
        userPoolId: deployed.userPoolId,
        clientIds: deployed.clientIds,
        revocationFunction: deployed.revocationFunction,
        stage,
        emulator: emulator.name,
      };
      if (keep) say(`HELIOGRAPH_TARGET='${JSON.stringify(target)}'\n`);
      return await runSuite(emulator, target);
    } finally {
      if (!keep) await step('Deleting the user pool', () => deletePool(cognito, deployed.userPoolId));
    }
  } finally {
    if (!keep) await step('Destroying the stacks', cdk.destroy);
  }
}

/** The suite as `npm test` runs it, one file after the other: the files share the users. */
async function runSuite(emulator: Emulator, target: Record<string, unknown>): Promise<number> {
  const reportFile = resolve(process.env.HELIOGRAPH_TEST_REPORT ?? resolve(workFolder, 'report.json'));
  const code = await run({
    script: 'node_modules/vitest/vitest.mjs',
    args: ['run', 'test/integration', '--no-file-parallelism'],
    env: {
      ...emulatorEnvironment(emulator),
      HELIOGRAPH_TARGET: JSON.stringify(target),
      HELIOGRAPH_TEST_REPORT: reportFile,
    },
  });
  const skipped = skippedIn(reportFile);
  say(`\n${describeSkipped(skipped)}\n\n`);
  const unnamed = skipped.get(undefined) ?? [];
  if (unnamed.length === 0) return code;
  say(`Skipped without a difference's name, which counts as a failure:\n  ${unnamed.join('\n  ')}\n`);
  return 1;
}

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  say(`${what} … `);
  const startedAt = performance.now();
  try {
    const result = await work();
    say(`${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`);
    return result;
  } catch (failure) {
    say('failed\n');
    throw failure;
  }
}

function say(text: string): void {
  process.stdout.write(text);
}

try {
  process.exitCode = await main();
} catch (failure) {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
  process.exitCode = 1;
}
