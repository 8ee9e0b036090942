import type { Construct } from 'constructs';
import type { HeliographConfig } from './config.ts';
import { ConsoleStack } from './stacks/console-stack.ts';
import { IdentityStack } from './stacks/identity-stack.ts';
import { SignalingStack } from './stacks/signaling-stack.ts';
import { StoreStack } from './stacks/store-stack.ts';

/**
 * The three stacks of one deployment, and a fourth where the console is wanted. Three, because they live differently: the identities outlive
 * everything, the store may be emptied, the signaling is replaced with each release.
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

  const { identity } = new IdentityStack(scope, name('Identity'), {
    config,
    description: description('identity'),
  });
  const { tables } = new StoreStack(scope, name('Store'), { description: description('session store') });
  const { webSocketUrl, webSocketOrigin } = new SignalingStack(scope, name('Signaling'), {
    config,
    identity,
    tables,
    description: description('WebSocket signaling'),
  });
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
