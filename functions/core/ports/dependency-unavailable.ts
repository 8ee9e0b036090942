/**
 * A dependency failed, throttled or timed out. The edge turns it into a retryable refusal (I10); it
 * carries what failed, never what was sent.
 */
export class DependencyUnavailable extends Error {
  override readonly name = 'DependencyUnavailable';
  /** Name of the underlying failure, such as `ProvisionedThroughputExceededException`. */
  readonly code: string;

  constructor(dependency: string, code: string, cause: unknown) {
    super(`${dependency} is unavailable (${code})`, { cause });
    this.code = code;
  }
}
