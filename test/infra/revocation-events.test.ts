import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { rendered } from './support/rendered.ts';
import { resourcesOf, synthesized } from './support/synthesized.ts';

const stacks = synthesized();

const ruleSchema = z.object({
  EventPattern: z.object({
    source: z.array(z.string()),
    'detail-type': z.array(z.string()),
    detail: z.looseObject({ eventName: z.array(z.string()), requestParameters: z.unknown().optional() }),
  }),
  State: z.string(),
  Targets: z.array(z.looseObject({ Arn: z.unknown(), DeadLetterConfig: z.object({ Arn: z.unknown() }) })),
});

const rules = resourcesOf(stacks.signaling, 'AWS::Events::Rule').map(([, { Properties }]) =>
  ruleSchema.parse(Properties),
);

describe('F13: what is revoked in Cognito itself', () => {
  test('reaches the function that revokes, or is kept', () => {
    expect(rules).toHaveLength(2);
    for (const { Targets, State } of rules) {
      expect(State).toBe('ENABLED');
      expect(Targets).toHaveLength(1);
      const [target] = Targets;
      expect(rendered(target?.Arn, stacks)).toMatch(/^\{FunctionsRevocationFunction/);
      expect(rendered(target?.DeadLetterConfig.Arn, stacks)).toMatch(/^\{UndeliveredQueue/);
    }
  });

  test('is each call that takes something from a user', () => {
    expect(rules.flatMap(({ EventPattern }) => EventPattern.detail.eventName).sort()).toEqual([
      'AdminDeleteUser',
      'AdminDisableUser',
      'AdminRemoveUserFromGroup',
      'AdminUserGlobalSignOut',
      'DeleteUser',
      'GlobalSignOut',
    ]);
  });

  test('is a successful call to Cognito as CloudTrail tells of it', () => {
    for (const { EventPattern } of rules) {
      expect(EventPattern).toMatchObject({
        source: ['aws.cognito-idp'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { eventSource: ['cognito-idp.amazonaws.com'], errorCode: [{ exists: false }] },
      });
    }
  });

  test('concerns our pool alone, where the call names one', () => {
    const byAdmin = rules.filter(({ EventPattern }) => EventPattern.detail.requestParameters !== undefined);
    expect(byAdmin).toHaveLength(1);
    const { userPoolId } = z
      .object({ userPoolId: z.array(z.unknown()) })
      .parse(byAdmin[0]?.EventPattern.detail.requestParameters);
    expect(rendered(userPoolId[0], stacks)).toMatch(/^\{IdentityUserPool/);
    expect(byAdmin[0]?.EventPattern.detail.eventName).toHaveLength(4);
  });
});
