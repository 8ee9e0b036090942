import { describe, expect, it } from 'vitest';
import { AwsFailure } from '../../../../functions/adapters/aws/failure.ts';
import { retrying } from '../../../../functions/adapters/aws/retrying.ts';

const throttled = () => new AwsFailure('LimitExceededException', { status: 429 });
const broken = () => new AwsFailure('Http500', { status: 500 });

async function outcomeOf(made: Promise<unknown>) {
  const startedAt = performance.now();
  const failure: unknown = await made.catch((thrown: unknown) => thrown);
  return { failure, tookMs: performance.now() - startedAt };
}

describe('retrying', () => {
  it('does not wait longer than all attempts may take, and tells what failed', async () => {
    let attempts = 0;
    const { failure, tookMs } = await outcomeOf(
      retrying({ maxAttempts: 9, totalMs: 150 })(async () => {
        attempts += 1;
        throw throttled();
      }),
    );
    expect(failure).toMatchObject({ name: 'LimitExceededException', $metadata: { attempts } });
    expect(attempts).toBeLessThan(9);
    expect(tookMs).toBeLessThan(1_150);
  });

  it('ends the attempt that is under way when the time is over', async () => {
    const { failure } = await outcomeOf(
      retrying({ maxAttempts: 2, totalMs: 50 })(
        (deadline) =>
          new Promise((_resolve, reject) => {
            deadline.onabort = () => reject(deadline.reason);
          }),
      ),
    );
    expect(failure).toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 1 } });
  });

  it('waits a random time, so that those who fail together do not come back together', async () => {
    const waits: number[] = [];
    for (let call = 0; call < 12; call += 1) {
      const { tookMs } = await outcomeOf(
        retrying({ maxAttempts: 2, totalMs: 5_000 })(async () => {
          throw broken();
        }),
      );
      waits.push(tookMs);
    }
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(5);
  });

  it('no longer tries again where nearly everything fails, and does so once more after successes', async () => {
    const retry = retrying({ maxAttempts: 2, totalMs: 5_000 });
    let attempts = 0;
    const failing = () =>
      retry(async () => {
        attempts += 1;
        throw broken();
      }).catch(() => undefined);
    await Promise.all(Array.from({ length: 60 }, failing));
    expect(attempts).toBeGreaterThan(60);
    expect(attempts).toBeLessThan(100);

    attempts = 0;
    await failing();
    expect(attempts).toBe(1);

    for (let call = 0; call < 14; call += 1) await retry(async () => 'done');
    attempts = 0;
    await failing();
    expect(attempts).toBe(2);
  });
});
