import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { emulatorEnvironment, region, root, run, workFolder } from './children.ts';
import { type Emulator, emulatorConfig } from './emulators.ts';

/** The account that emulators put everybody into. */
const account = '000000000000';
const log = 'cdk.log';
const assembly = resolve(workFolder, 'cdk.out');
const outputsFile = resolve(workFolder, 'outputs.json');
const cdkScript = 'node_modules/aws-cdk/bin/cdk';

const identityOutputs = z.object({
  UserPoolId: z.string(),
  RobotsClientId: z.string(),
  PeopleClientId: z.string(),
});
const signalingOutputs = z.object({ WebSocketUrl: z.url(), RevocationFunction: z.string() });

export type Deployment = {
  readonly userPoolId: string;
  readonly clientIds: { readonly robots: string; readonly people: string };
  readonly apiId: string;
  readonly revocationFunction: string;
};

/** Drives the CDK CLI against an emulator: the very stacks that `cdk deploy` would bring to AWS. */
export function deployer(emulator: Emulator, stage: string) {
  const cdk = async (...args: string[]): Promise<void> => {
    const code = await run({ script: cdkScript, args, env: emulatorEnvironment(emulator), log });
    if (code !== 0) throw new Error(`cdk ${args[0]} failed; the end of .emulator/${log}:\n${endOfLog()}`);
  };
  const settings = {
    'heliograph:stage': stage,
    'heliograph:emulator': JSON.stringify(emulatorConfig(emulator)),
  };

  return {
    /** Makes the assembly that the other steps work on, so that the bundles are built once. */
    synthesise: () => {
      for (const left of [resolve(workFolder, log), assembly, outputsFile]) {
        rmSync(left, { recursive: true, force: true });
      }
      const context = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
      return cdk('synth', '--quiet', '--no-notices', '--output', assembly, ...context);
    },
    bootstrap: () =>
      cdk('bootstrap', `aws://${account}/${region}`, '--app', assembly, '--template', bootstrapTemplate),
    deploy: async (): Promise<Deployment> => {
      await cdk(
        ...['deploy', '--all', '--app', assembly, '--no-notices'],
        ...['--require-approval', 'never', '--outputs-file', outputsFile],
      );
      return readOutputs(stage);
    },
    destroy: () => cdk('destroy', '--all', '--force', '--app', assembly),
  };
}

const bootstrapTemplate = resolve(root, 'test/localstack/bootstrap.yaml');

function readOutputs(stage: string): Deployment {
  const outputs = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(outputsFile, 'utf8')));
  const identity = identityOutputs.parse(outputs[`Heliograph-${stage}-Identity`]);
  const { WebSocketUrl, RevocationFunction } = signalingOutputs.parse(
    outputs[`Heliograph-${stage}-Signaling`],
  );
  return {
    userPoolId: identity.UserPoolId,
    clientIds: { robots: identity.RobotsClientId, people: identity.PeopleClientId },
    apiId: new URL(WebSocketUrl).hostname.split('.')[0] ?? '',
    revocationFunction: RevocationFunction,
  };
}

function endOfLog(): string {
  return readFileSync(resolve(workFolder, log), 'utf8').split('\n').slice(-40).join('\n');
}
