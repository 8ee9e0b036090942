import * as z from 'zod';
import { requireAccessTokenHolder } from '../access-token.ts';
import { CognitoError } from '../cognito-error.ts';
import { requireClient, requireUser } from '../user-pool.ts';
import { endSessionsOf } from './end-sessions.ts';
import { clientIdField, holderInput, operation, userInput } from './operation.ts';
import { attributesOf } from './shapes.ts';

/**
 * An unknown token is answered like a revoked one (RFC 7009, 2.2): the caller's aim, that it does not work, is met.
 * Nothing is told of it: nothing changed, and there is nobody whose token it is.
 */
export const revokeToken = operation(
  z.object({ Token: z.string(), ClientId: clientIdField }),
  (pool, input) => {
    const client = requireClient(pool, input.ClientId);
    if (input.Token.split('.').length === 3) {
      throw new CognitoError('UnsupportedTokenTypeException', 'Only refresh tokens can be revoked.');
    }
    const record = pool.sessions.findByRefreshToken(input.Token);
    if (record === undefined) return {};
    if (record.session.clientId !== client.id) {
      throw new CognitoError('UnauthorizedException', 'The token was not issued to this client.');
    }
    const { session } = record;
    session.revoked = true;
    const userName = pool.users.bySub(session.sub)?.userName;
    if (userName !== undefined) pool.emit({ kind: 'revoked', userName, cause: 'RevokeToken' });
    pool.tellManagement({ eventName: 'RevokeToken', sub: session.sub, clientId: client.id });
    return {};
  },
);

export const globalSignOut = operation(holderInput, (pool, input) => {
  const user = requireAccessTokenHolder(pool, input.AccessToken);
  endSessionsOf(pool, user, 'GlobalSignOut');
  return {};
});

export const adminUserGlobalSignOut = operation(userInput, (pool, input) => {
  const user = requireUser(pool, input);
  endSessionsOf(pool, user, 'AdminUserGlobalSignOut');
  return {};
});

export const getUser = operation(holderInput, (pool, input) => {
  const user = requireAccessTokenHolder(pool, input.AccessToken);
  return { Username: user.userName, UserAttributes: attributesOf(user) };
});
