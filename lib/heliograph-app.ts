import type { Construct } from 'constructs';
import type { HeliographConfig } from './config.ts';
import { ConsoleStack } from './stacks/console-stack.ts';
import { IdentityStack } from './stacks/identity-stack.ts';
import { OperationsStack } from './stacks/operations-stack.ts';
import { SignalingStack } from './stacks/signaling-stack.ts';
import { StoreStack } from './stacks/store-stack.ts';

/**
 * The stacks of one deployment. Several, because they live differently: the identities outlive
 * everything, the store may be emptied, the signaling is replaced with each release, and how it is
 * watched may change without a release. The console is one more, where it is wanted. Of an existing
 * pool, and of a store in another region, there is no stack here.
 */
export function addHeliograph(
  scope: Construct,
  config: HeliographConfig,
  built: {
    /** The console's page, where it is wanted. */
    readonly console?: string;
  } = {},
): void {
  const name = (part: string): string => `Heliograph-${config.stage}-${part}`;
  const description = (part: string): string => `Heliograph (${config.stage}): ${part}`;

  const own =
    config.identity.existing === undefined
      ? new IdentityStack(scope, name('Identity'), { config, description: description('identity') }).identity
      : undefined;
  const tables =
    config.regions?.home === undefined
      ? new StoreStack(scope, name('Store'), {
          keyArn: config.encryptionKeyArn,
          description: description('session store'),
        }).tables
      : undefined;
  const { identity, webSocketUrl, webSocketOrigin, measured } = new SignalingStack(scope, name('Signaling'), {
    config,
    identity: own,
    tables,
    description: description('WebSocket signaling'),
  });
  if (config.emulator?.operations !== false) {
    new OperationsStack(scope, name('Operations'), {
      config,
      measured,
      description: description('dashboard and alarms'),
    });
  }
  if (config.console === undefined || built.console === undefined) return;
  new ConsoleStack(scope, name('Console'), {
    console: config.console,
    identity,
    webSocketUrl,
    webSocketOrigin,
    folder: built.console,
    description: description("operator's console"),
  });
}
