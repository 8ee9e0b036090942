import type { Construct } from 'constructs';
import type { HeliographConfig } from './config.ts';
import { IdentityStack } from './stacks/identity-stack.ts';
import { SignalingStack } from './stacks/signaling-stack.ts';
import { StoreStack } from './stacks/store-stack.ts';

/**
 * The three stacks of one deployment. Three, because they live differently: the identities outlive
 * everything, the store may be emptied, the signaling is replaced with each release. Of an existing
 * pool, and of a store in another region, there is no stack here.
 */
export function addHeliograph(scope: Construct, config: HeliographConfig): void {
  const name = (part: string): string => `Heliograph-${config.stage}-${part}`;
  const description = (part: string): string => `Heliograph (${config.stage}): ${part}`;

  const identity =
    config.identity.existing === undefined
      ? new IdentityStack(scope, name('Identity'), { config, description: description('identity') }).identity
      : undefined;
  const tables =
    config.regions?.home === undefined
      ? new StoreStack(scope, name('Store'), { description: description('session store') }).tables
      : undefined;
  new SignalingStack(scope, name('Signaling'), {
    config,
    identity,
    tables,
    description: description('WebSocket signaling'),
  });
}
