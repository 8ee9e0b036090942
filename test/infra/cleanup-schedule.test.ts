import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { rendered } from './support/rendered.ts';
import { grantsByRole } from './support/statements.ts';
import { resourcesOf, synthesized, theResource } from './support/synthesized.ts';

const stacks = synthesized();
const { signaling } = stacks;
const schedule = theResource(signaling, 'AWS::Scheduler::Schedule');

describe('the schedule of the cleanup', () => {
  test('runs the cleanup every minute, enabled', () => {
    expect(schedule.Properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    expect(schedule.Properties.Target).toHaveProperty('Arn');
    expect(rendered(targetField('Arn'), stacks)).toMatch(/^\{FunctionsCleanupFunction/);
  });

  test.each([
    [{ cleanupEveryMs: 120_000, graceMs: 300_000 }, 'rate(2 minutes)'],
    // Never slower than asked for.
    [{ cleanupEveryMs: 150_000, graceMs: 300_000 }, 'rate(2 minutes)'],
    [{ cleanupEveryMs: 10_000 }, 'rate(1 minute)'],
  ])('with %o it is %s', (tokenPolicy, expression) => {
    const other = synthesized({ 'heliograph:tokenPolicy': tokenPolicy }).signaling;
    expect(theResource(other, 'AWS::Scheduler::Schedule').Properties.ScheduleExpression).toBe(expression);
  });

  test('retries, then keeps what failed in an encrypted queue that takes TLS only', () => {
    expect(targetField('RetryPolicy')).toEqual({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 });
    expect(rendered(targetField('DeadLetterConfig', 'Arn'), stacks)).toMatch(/^\{UndeliveredQueue/);
    expect(theResource(signaling, 'AWS::SQS::Queue').Properties.SqsManagedSseEnabled).toBe(true);
    signaling.template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  test('keeps what the function itself fails at in the same queue', () => {
    const configs = resourcesOf(stacks.signaling, 'AWS::Lambda::EventInvokeConfig');
    const [, config] = configs.find(([id]) => id.startsWith('FunctionsCleanup')) ?? [];
    expect(JSON.stringify(config?.Properties.DestinationConfig)).toContain('UndeliveredQueue');
    expect(config?.Properties).toMatchObject({ MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 });
  });

  test('may invoke the cleanup and write to the queue, no more', () => {
    const actions = [...grantsByRole(stacks)]
      .filter(([role]) => role.startsWith('SchedulerRole'))
      .flatMap(([, grants]) => grants.map(({ action }) => action));
    expect([...new Set(actions)].sort()).toEqual(['lambda:InvokeFunction', 'sqs:SendMessage']);
  });
});

function targetField(...path: string[]): unknown {
  let value: unknown = schedule.Properties.Target;
  for (const key of path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }
  return value;
}
