import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { LocalStack } from '../stack/local-stack.ts';
import { localClient, localTableNames } from '../store/local-store.ts';

/** What the console of the local stack may break, and for whom. */
export const breakage = z.discriminatedUnion('what', [
  z.object({ what: z.enum(['cut', 'halfOpen', 'expireToken']), connectionId: z.string().max(128) }),
  z.object({ what: z.literal('revoke'), userName: z.string().min(1).max(128) }),
  z.object({ what: z.literal('cutRobot'), robotId: z.string().max(128) }),
  z.object({ what: z.literal('dropNextDisconnect') }),
  z.object({ what: z.literal('failIdentity') }),
]);

export type Breakage = z.infer<typeof breakage>;

const identityFailsForMs = 60_000;

/** Breaks things on purpose. False when there is no such connection or robot. */
export function createFaultDesk(stack: LocalStack): {
  act(what: Breakage): Promise<boolean>;
  close(): void;
} {
  const { gateways, identity } = stack;
  const store = localClient(stack.addresses.dynamodb);

  const cut = (connectionId: string) => gateways.some(({ faults }) => faults.cut(connectionId));

  async function connectionOf(robotId: string): Promise<string | undefined> {
    const { Item } = await store.send(
      new GetItemCommand({ TableName: localTableNames.robotSessions, Key: { robotId: { S: robotId } } }),
    );
    return Item?.connectionId?.S;
  }

  /** As if the token that it was made with had had a shorter life: the next thing that the connection asks for is refused. */
  async function expireToken(connectionId: string): Promise<boolean> {
    try {
      await store.send(
        new UpdateItemCommand({
          TableName: localTableNames.connections,
          Key: { connectionId: { S: connectionId } },
          UpdateExpression: 'SET tokenExpiresAt = :now',
          ConditionExpression: 'attribute_exists(connectionId)',
          ExpressionAttributeValues: { ':now': { N: String(Date.now() - 1) } },
        }),
      );
      return true;
    } catch (failure) {
      if (failure instanceof Error && failure.name === 'ConditionalCheckFailedException') return false;
      throw failure;
    }
  }

  return {
    async act(order) {
      switch (order.what) {
        case 'cut':
          return cut(order.connectionId);
        case 'halfOpen':
          return gateways.some(({ faults }) => faults.halfOpen(order.connectionId));
        case 'expireToken':
          return expireToken(order.connectionId);
        case 'revoke':
          await stack.revoke({ userName: order.userName });
          return true;
        case 'cutRobot': {
          const connectionId = await connectionOf(order.robotId);
          return connectionId !== undefined && cut(connectionId);
        }
        case 'dropNextDisconnect':
          for (const { faults } of gateways) faults.dropNextDisconnect();
          return true;
        case 'failIdentity':
          identity.faults.failFor(identityFailsForMs);
          return true;
      }
    },
    close: () => store.destroy(),
  };
}
