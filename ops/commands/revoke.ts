import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { revocationFunction } from '../../functions/runtime/revocation.ts';
import { type ConnectionId, principalId } from '../../protocol/ids.ts';
import { clientsOf, portsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { asking, askingFor, OperationFailed } from '../failure.ts';

const answerSchema = z.object({ closed: z.number() });

/**
 * Signs a user out everywhere, and closes what it has open, by the function that is there for it.
 *
 * @returns the number of connections closed.
 * @throws {OperationFailed}
 */
export async function revoke(deployment: Deployment, userName: string): Promise<number> {
  const answer =
    deployment.managed === undefined
      ? await revokeHere(deployment, userName)
      : await invoke(deployment, deployment.managed.functionNames.revocation, { userName });
  return answerSchema.parse(answer).closed;
}

const noUser = (userName: string) =>
  new OperationFailed(
    `${userName} was not revoked: the user pool has no such user, or could not be asked.`,
    'heliograph tail --since 5m --level warn says which. Names are those of Cognito.',
  );

/** The local stack has no Lambda to ask: the function itself does it, over the same stores. */
async function revokeHere(deployment: Deployment, userName: string): Promise<unknown> {
  const { environment, identity } = deployment;
  const connections = portsOf(deployment).connections();
  const before = await connectionsOf(deployment, userName);
  const run = revocationFunction(environment, { lifeLog: { note: () => undefined } });
  await asking({ action: 'the revocation', endpoint: identity }, () =>
    run({ userName }).catch((failure: unknown) => {
      throw failure instanceof RangeError ? noUser(userName) : failure;
    }),
  );
  // The local stack hears of the sign-out itself, and may have been the one that closed them.
  const after = await Promise.all(before.map((id) => connections.get(id)));
  return { closed: after.filter((row) => row === undefined).length };
}

async function connectionsOf(deployment: Deployment, userName: string): Promise<readonly ConnectionId[]> {
  const { userPoolId: UserPoolId, identity: endpoint } = deployment;
  const user = await askingFor({ action: 'cognito-idp:AdminGetUser', endpoint }, () =>
    clientsOf(deployment)
      .cognito()
      .send(new AdminGetUserCommand({ UserPoolId, Username: userName })),
  );
  const sub = user?.UserAttributes?.find(({ Name }) => Name === 'sub')?.Value;
  if (sub === undefined) throw noUser(userName);
  return portsOf(deployment).connections().listByPrincipal(principalId.parse(sub));
}

async function invoke(
  deployment: Deployment,
  FunctionName: string | undefined,
  order: { readonly userName: string },
): Promise<unknown> {
  if (FunctionName === undefined) {
    throw new OperationFailed(
      'The deployment has no function that revokes.',
      'Deploy again: npx cdk deploy --all.',
    );
  }
  const { FunctionError, Payload } = await asking(
    { action: 'lambda:InvokeFunction', endpoint: deployment.identity },
    () =>
      clientsOf(deployment)
        .lambda()
        .send(new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(order)) })),
  );
  if (FunctionError !== undefined) throw noUser(order.userName);
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}
