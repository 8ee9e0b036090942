import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { revokingCalls } from '../../functions/revoking-calls.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { HeliographFunction } from './heliograph-function.ts';

export type RevocationEventsProps = {
  readonly revocation: HeliographFunction;
  readonly userPoolId: string;
  readonly undelivered: DeadLetters;
};

/**
 * What is revoked in Cognito itself reaches the function that revokes here: user disabled or deleted,
 * signed out everywhere, taken out of a group. EventBridge hears of such calls through CloudTrail, and
 * only in an account that has a trail of management events.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class RevocationEvents extends Construct {
  constructor(scope: Construct, id: string, props: RevocationEventsProps) {
    super(scope, id);
    const { revocation, undelivered } = props;
    undelivered.keepFailuresOf(revocation, { maxEventAge: Duration.hours(6) });

    const byUser: readonly string[] = revokingCalls.byUser;
    const byAdmin = [...revokingCalls.signIns, ...revokingCalls.tokens].filter(
      (name) => !byUser.includes(name),
    );
    const rules: Record<string, EventPattern> = {
      ByAdmin: callsOf(byAdmin, { requestParameters: { userPoolId: [props.userPoolId] } }),
      // Of any pool of the account: what a user does with a token of their own, CloudTrail tells without
      // the pool. The function leaves other pools alone where they are named.
      ByUser: callsOf(byUser, {}),
    };
    for (const [name, eventPattern] of Object.entries(rules)) {
      new Rule(this, name, {
        eventPattern,
        description: 'Heliograph: what was revoked in Cognito is cut off here.',
        targets: [
          new LambdaFunction(revocation.lambda, {
            deadLetterQueue: undelivered.queue,
            retryAttempts: 10,
            maxEventAge: Duration.hours(6),
          }),
        ],
      });
    }
  }
}

/** Successful calls only: CloudTrail tells of refused ones as well, with their error. */
function callsOf(eventName: readonly string[], more: Record<string, unknown>): EventPattern {
  return {
    source: ['aws.cognito-idp'],
    detailType: ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: ['cognito-idp.amazonaws.com'],
      eventName,
      errorCode: Match.doesNotExist(),
      ...more,
    },
  };
}
