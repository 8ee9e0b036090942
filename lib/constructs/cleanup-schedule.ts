import { Duration } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { HeliographFunction } from './heliograph-function.ts';

export type CleanupScheduleProps = {
  readonly cleanup: HeliographFunction;
  readonly everyMs: number;
};

const minuteMs = 60_000;

/**
 * Runs the cleanup. Scheduler knows nothing finer than a minute; whoever asks for less gets a run a
 * minute, and exactness comes from the checks on each message.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export class CleanupSchedule extends Construct {
  constructor(scope: Construct, id: string, props: CleanupScheduleProps) {
    super(scope, id);

    const every = Duration.minutes(Math.max(1, Math.floor(props.everyMs / minuteMs)));
    const undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    // Scheduler hands the event over and is done: what the function itself fails at is Lambda's to report.
    props.cleanup.lambda.configureAsyncInvoke({
      onFailure: new SqsDestination(undelivered),
      retryAttempts: 1,
      maxEventAge: every,
    });
    new Schedule(this, 'Schedule', {
      schedule: ScheduleExpression.rate(every),
      description: 'Heliograph: announces and closes what is due.',
      target: new LambdaInvoke(props.cleanup.lambda, {
        deadLetterQueue: undelivered,
        retryAttempts: 2,
        // Older than that, the next run has done its work.
        maxEventAge: every,
      }),
    });
  }
}
