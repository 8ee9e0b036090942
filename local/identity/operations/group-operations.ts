import * as z from 'zod';
import { refusals } from '../cognito-error.ts';
import type { GroupRecord } from '../user-directory.ts';
import { requirePool, requireUser } from '../user-pool.ts';
import { nameField, operation, poolInput, userInput } from './operation.ts';
import { limitField, pageOf, pageTokenField } from './page.ts';
import { attributesOf, groupShape, userStateOf } from './shapes.ts';

const paging = { Limit: limitField, NextToken: pageTokenField };

export const createGroup = operation(
  poolInput.extend({
    GroupName: nameField,
    Description: z.string().max(2048).optional(),
    Precedence: z.int().min(0).optional(),
  }),
  (pool, input) => {
    requirePool(pool, input.UserPoolId);
    if (pool.users.groups.has(input.GroupName)) throw refusals.groupExists();
    const group: GroupRecord = {
      name: input.GroupName,
      createdAt: pool.clock(),
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.Precedence === undefined ? {} : { precedence: input.Precedence }),
    };
    pool.users.groups.set(group.name, group);
    return { Group: groupShape(pool, group) };
  },
);

/** Out of every user too: a group made again by this name begins without them. */
export const deleteGroup = operation(poolInput.extend({ GroupName: nameField }), (pool, input) => {
  requirePool(pool, input.UserPoolId);
  if (!pool.users.groups.delete(input.GroupName)) throw refusals.unknownGroup();
  for (const user of pool.users.all()) user.groups.delete(input.GroupName);
  pool.tellManagement({ eventName: 'DeleteGroup', groupName: input.GroupName });
  return {};
});

export const listGroups = operation(poolInput.extend(paging), (pool, input) => {
  requirePool(pool, input.UserPoolId);
  const page = pageOf([...pool.users.groups.values()], { limit: input.Limit, token: input.NextToken });
  return {
    Groups: page.items.map((group) => groupShape(pool, group)),
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  };
});

export const adminListGroupsForUser = operation(userInput.extend(paging), (pool, input) => {
  const user = requireUser(pool, input);
  const theirs = [...pool.users.groups.values()].filter((group) => user.groups.has(group.name));
  const page = pageOf(theirs, { limit: input.Limit, token: input.NextToken });
  return {
    Groups: page.items.map((group) => groupShape(pool, group)),
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  };
});

export const adminAddUserToGroup = operation(userInput.extend({ GroupName: nameField }), (pool, input) => {
  const user = requireUser(pool, input);
  if (!pool.users.groups.has(input.GroupName)) throw refusals.unknownGroup();
  user.groups.add(input.GroupName);
  pool.tellManagement({ eventName: 'AdminAddUserToGroup', sub: user.sub, groupName: input.GroupName });
  return {};
});

export const adminRemoveUserFromGroup = operation(
  userInput.extend({ GroupName: nameField }),
  (pool, input) => {
    const user = requireUser(pool, input);
    if (!pool.users.groups.has(input.GroupName)) throw refusals.unknownGroup();
    user.groups.delete(input.GroupName);
    pool.tellManagement({ eventName: 'AdminRemoveUserFromGroup', sub: user.sub, groupName: input.GroupName });
    return {};
  },
);

export const listUsersInGroup = operation(
  poolInput.extend({ GroupName: nameField, ...paging }),
  (pool, input) => {
    requirePool(pool, input.UserPoolId);
    if (!pool.users.groups.has(input.GroupName)) throw refusals.unknownGroup();
    const members = pool.users.all().filter(({ groups }) => groups.has(input.GroupName));
    const page = pageOf(members, { limit: input.Limit, token: input.NextToken });
    return {
      Users: page.items.map((user) => ({ ...userStateOf(user), Attributes: attributesOf(user) })),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    };
  },
);
