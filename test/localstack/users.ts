import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  DeleteUserPoolCommand,
  GroupExistsException,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { seededUsers } from '../../local/stack/users.ts';
import { region } from './children.ts';
import type { Emulator } from './emulators.ts';

export function cognitoAt({ endpoint }: Emulator): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    endpoint: endpoint.origin,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}

/** The users of the local stack, in a pool that has the groups of the stack but none of the fleets. */
export async function seedUsers(cognito: CognitoIdentityProviderClient, userPoolId: string): Promise<void> {
  const pool = { UserPoolId: userPoolId };
  for (const group of new Set(seededUsers.flatMap(({ groups }) => groups))) {
    await cognito.send(new CreateGroupCommand({ ...pool, GroupName: group })).catch(unlessExists);
  }
  for (const { userName, password, groups } of seededUsers) {
    const user = { ...pool, Username: userName };
    await cognito.send(new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS' }));
    await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
    for (const group of groups) {
      await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: group }));
    }
  }
}

function unlessExists(failure: unknown): void {
  if (!(failure instanceof GroupExistsException)) throw failure;
}

/** The stack keeps its pool when it goes, and protects it; on an emulator it would only pile up. */
export async function deletePool(cognito: CognitoIdentityProviderClient, userPoolId: string): Promise<void> {
  await cognito.send(new UpdateUserPoolCommand({ UserPoolId: userPoolId, DeletionProtection: 'INACTIVE' }));
  await cognito.send(new DeleteUserPoolCommand({ UserPoolId: userPoolId }));
}
