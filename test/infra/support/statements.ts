import * as z from 'zod';
import type { FunctionName } from '../../../functions/route-table.ts';
import { rendered } from './rendered.ts';
import { resourcesOf, type Synthesized } from './synthesized.ts';

const oneOrMany = z.union([z.unknown(), z.array(z.unknown())]).transform((value) => [value].flat());
const statementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany.pipe(z.array(z.string())),
  Resource: oneOrMany.optional(),
  NotAction: z.never().optional(),
});
const documentSchema = z.looseObject({ Statement: z.array(statementSchema) });
const policySchema = z.looseObject({
  PolicyDocument: documentSchema,
  Roles: z.array(z.strictObject({ Ref: z.string() })),
});

/** One permission: an action on a resource. */
export type Grant = { readonly action: string; readonly resource: string };

/** Everything that IAM policies of the stacks allow, by role. */
export function grantsByRole(stacks: Synthesized): Map<string, Grant[]> {
  const byRole = new Map<string, Grant[]>();
  for (const stack of Object.values(stacks)) {
    for (const [, resource] of resourcesOf(stack, 'AWS::IAM::Policy')) {
      const policy = policySchema.parse(resource.Properties);
      const grants = policy.PolicyDocument.Statement.flatMap(({ Effect, Action, Resource = [] }) => {
        if (Effect !== 'Allow') return [];
        return Action.flatMap((action) =>
          Resource.map((target) => ({ action, resource: rendered(target, stacks) })),
        );
      });
      for (const { Ref: role } of policy.Roles) byRole.set(role, [...(byRole.get(role) ?? []), ...grants]);
    }
  }
  return byRole;
}

/** What the role of one function allows. */
export function grantsOf(name: FunctionName, stacks: Synthesized): Grant[] {
  const construct = `Functions${name.charAt(0).toUpperCase()}${name.slice(1)}Role`;
  const roles = [...grantsByRole(stacks)].filter(([role]) => role.startsWith(construct));
  if (roles.length !== 1) throw new Error(`Expected one role of ${name}, found ${roles.length}.`);
  return roles.flatMap(([, grants]) => grants);
}
