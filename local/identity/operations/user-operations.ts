import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { requireAccessTokenHolder } from '../access-token.ts';
import { refusals } from '../cognito-error.ts';
import { assertConformingPassword } from '../password-policy.ts';
import { newSub, type UserRecord } from '../user-directory.ts';
import { requirePool, requireUser } from '../user-pool.ts';
import { endSessionsOf } from './end-sessions.ts';
import { attributesField, holderInput, operation, poolInput, userInput } from './operation.ts';
import { limitField, pageOf, pageTokenField } from './page.ts';
import { attributesOf, userStateOf } from './shapes.ts';

const passwordField = z.string().max(256);

/** MessageAction and the delivery mediums are accepted and mean nothing here: no message is ever sent. */
export const adminCreateUser = operation(
  userInput.extend({
    TemporaryPassword: passwordField.optional(),
    UserAttributes: attributesField.optional(),
  }),
  (pool, input) => {
    requirePool(pool, input.UserPoolId);
    if (pool.users.byName(input.Username) !== undefined) throw refusals.userExists();
    const password = input.TemporaryPassword ?? `Aa1!${randomBytes(12).toString('base64url')}`;
    assertConformingPassword(password);
    const user = pool.users.add({
      userName: input.Username,
      sub: newSub(),
      password,
      status: 'FORCE_CHANGE_PASSWORD',
      attributes: (input.UserAttributes ?? [])
        .filter(({ Name }) => Name !== 'sub')
        .map(({ Name, Value = '' }) => [Name, Value] as const),
    });
    pool.tellManagement({ eventName: 'AdminCreateUser', sub: user.sub });
    return { User: { ...userStateOf(user), Attributes: attributesOf(user) } };
  },
);

export const adminSetUserPassword = operation(
  userInput.extend({ Password: passwordField, Permanent: z.boolean().optional() }),
  (pool, input) => {
    const user = requireUser(pool, input);
    assertConformingPassword(input.Password);
    pool.users.setPassword(user, input.Password, input.Permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD');
    pool.tellManagement({ eventName: 'AdminSetUserPassword', sub: user.sub });
    return {};
  },
);

/** Sessions of the user end for good: enabling them again asks for a new sign-in. */
export const adminDisableUser = operation(userInput, (pool, input) => {
  const user = requireUser(pool, input);
  user.enabled = false;
  user.modifiedAt = pool.clock();
  endSessionsOf(pool, user, 'AdminDisableUser');
  return {};
});

export const adminEnableUser = operation(userInput, (pool, input) => {
  const user = requireUser(pool, input);
  user.enabled = true;
  user.modifiedAt = pool.clock();
  pool.tellManagement({ eventName: 'AdminEnableUser', sub: user.sub });
  return {};
});

export const adminDeleteUser = operation(userInput, (pool, input) => {
  const user = requireUser(pool, input);
  pool.users.remove(user);
  endSessionsOf(pool, user, 'AdminDeleteUser');
  return {};
});

export const deleteUser = operation(holderInput, (pool, input) => {
  const user = requireAccessTokenHolder(pool, input.AccessToken);
  pool.users.remove(user);
  endSessionsOf(pool, user, 'DeleteUser');
  return {};
});

export const adminGetUser = operation(userInput, (pool, input) => {
  const user = requireUser(pool, input);
  return { ...userStateOf(user), UserAttributes: attributesOf(user) };
});

export const listUsers = operation(
  poolInput.extend({
    Limit: limitField,
    PaginationToken: pageTokenField,
    Filter: z.string().max(256).optional(),
    AttributesToGet: z.array(z.string()).optional(),
  }),
  (pool, input) => {
    requirePool(pool, input.UserPoolId);
    const matching = pool.users.all().filter(userFilter(input.Filter));
    const page = pageOf(matching, { limit: input.Limit, token: input.PaginationToken });
    const wanted = input.AttributesToGet;
    return {
      Users: page.items.map((user) => ({
        ...userStateOf(user),
        Attributes: attributesOf(user).filter(({ Name }) => wanted === undefined || wanted.includes(Name)),
      })),
      ...(page.next === undefined ? {} : { PaginationToken: page.next }),
    };
  },
);

// https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html#cognito-user-pools-searching-for-users-using-listusers-api
const filterForm = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/;

function userFilter(filter: string | undefined): (user: UserRecord) => boolean {
  if (filter === undefined || filter === '') return () => true;
  const [, attribute, comparison, quoted] = filterForm.exec(filter) ?? [];
  if (attribute === undefined || quoted === undefined) throw refusals.invalidFilter();
  const wanted = quoted.replaceAll(/\\(.)/g, '$1');
  return (user) => {
    const value = filteredValue(user, attribute);
    return comparison === '=' ? value === wanted : (value?.startsWith(wanted) ?? false);
  };
}

function filteredValue(user: UserRecord, attribute: string): string | undefined {
  switch (attribute) {
    case 'username':
      return user.userName;
    case 'sub':
      return user.sub;
    case 'status':
      return user.enabled ? 'Enabled' : 'Disabled';
    case 'cognito:user_status':
      return user.status;
    default:
      return user.attributes.get(attribute);
  }
}
