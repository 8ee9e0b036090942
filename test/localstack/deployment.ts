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

const outputsSchema = z.object({
  UserPoolId: z.string(),
  RobotsClientId: z.string(),
  PeopleClientId: z.string(),
  WebSocketUrl: z.url(),
  RevocationFunction: z.string(),
});

export type Deployment = {
  readonly userPoolId: string;
  readonly clientIds: { readonly robots: string; readonly people: string };
  readonly apiId: string;
  readonly revocationFunction: string;
};

/** A CDK app to deploy: the stacks of the repository, or an app that has the package. */
export type DeployedApp = {
  /** Folder of its `cdk.json`. */
  readonly folder: string;
  readonly context: Readonly<Record<string, string>>;
};

/** The very stacks that `npx cdk deploy --all` would bring to AWS. */
export function ownStacks(emulator: Emulator, stage: string): DeployedApp {
  return {
    folder: root,
    context: {
      'heliograph:stage': stage,
      'heliograph:emulator': JSON.stringify(emulatorConfig(emulator)),
    },
  };
}

/** Drives the CDK CLI against an emulator. */
export function deployer(emulator: Emulator, app: DeployedApp) {
  const cdk = async (...args: string[]): Promise<void> => {
    const code = await run({
      script: cdkScript,
      args,
      env: emulatorEnvironment(emulator),
      log,
      cwd: app.folder,
    });
    if (code !== 0) throw new Error(`cdk ${args[0]} failed; the end of .emulator/${log}:\n${endOfLog()}`);
  };
  const deploy = () =>
    cdk(
      ...['deploy', '--all', '--app', assembly, '--no-notices'],
      ...['--require-approval', 'never', '--outputs-file', outputsFile],
    );

  return {
    /** Makes the assembly that the other steps work on, so that the bundles are built once. */
    synthesise: () => {
      for (const left of [resolve(workFolder, log), assembly, outputsFile]) {
        rmSync(left, { recursive: true, force: true });
      }
      const context = Object.entries(app.context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
      return cdk('synth', '--quiet', '--no-notices', '--output', assembly, ...context);
    },
    bootstrap: () =>
      cdk('bootstrap', `aws://${account}/${region}`, '--app', assembly, '--template', bootstrapTemplate),
    deploy: async (): Promise<Deployment> => {
      await deploy();
      return readOutputs();
    },
    /** @throws when the CLI found anything to change. */
    deployUnchanged: async (): Promise<void> => {
      const before = readFileSync(resolve(workFolder, log), 'utf8').length;
      await deploy();
      const said = readFileSync(resolve(workFolder, log), 'utf8').slice(before);
      const { length: stacks } = said.match(/^.*: deploying\.\.\./gm) ?? [];
      const { length: unchanged } = said.match(/\(no changes\)/g) ?? [];
      if (stacks === undefined || stacks === 0 || unchanged !== stacks) {
        throw new Error(
          `A second deployment changed something (${unchanged} of ${stacks} stacks had no changes):\n${said}`,
        );
      }
    },
    destroy: () => cdk('destroy', '--all', '--force', '--app', assembly),
  };
}

const bootstrapTemplate = resolve(root, 'test/localstack/bootstrap.yaml');

/** Of all stacks together: each output is of one. */
function readOutputs(): Deployment {
  const byStack = z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .parse(JSON.parse(readFileSync(outputsFile, 'utf8')));
  const outputs = outputsSchema.parse(Object.assign({}, ...Object.values(byStack)));
  return {
    userPoolId: outputs.UserPoolId,
    clientIds: { robots: outputs.RobotsClientId, people: outputs.PeopleClientId },
    apiId: new URL(outputs.WebSocketUrl).hostname.split('.')[0] ?? '',
    revocationFunction: outputs.RevocationFunction,
  };
}

function endOfLog(): string {
  return readFileSync(resolve(workFolder, log), 'utf8').split('\n').slice(-40).join('\n');
}
