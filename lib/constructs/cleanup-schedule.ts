import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { HeliographFunction } from './heliograph-function.ts';

export type CleanupScheduleProps = {
  readonly cleanup: HeliographFunction;
  readonly everyMs: number;
  readonly undelivered: DeadLetters;
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
    props.undelivered.keepFailuresOf(props.cleanup, { maxEventAge: every, retries: 1 });
    new Schedule(this, 'Schedule', {
      schedule: ScheduleExpression.rate(every),
      description: 'Heliograph: announces and closes what is due.',
      target: new LambdaInvoke(props.cleanup.lambda, {
        deadLetterQueue: props.undelivered.queue,
        retryAttempts: 2,
        // Older than that, the next run has done its work.
        maxEventAge: every,
      }),
    });
  }
}
