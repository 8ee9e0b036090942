import { Duration } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { HeliographFunction } from './heliograph-function.ts';

/** Keeps what could not be delivered, and what a function failed at, for whoever looks into it. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }

  /** Whoever calls a function with an event is done when it is handed over: what the function then fails at is Lambda's to keep. */
  keepFailuresOf(
    user: HeliographFunction,
    of: { readonly maxEventAge: Duration; readonly retries?: 0 | 1 | 2 },
  ): void {
    user.lambda.configureAsyncInvoke({
      onFailure: new SqsDestination(this.queue),
      retryAttempts: of.retries ?? 2,
      maxEventAge: of.maxEventAge,
    });
  }
}
