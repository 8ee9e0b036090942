/** What cannot be done, and what to do about it: the only error that the command shows without a stack. */
export class OperationFailed extends Error {
  override readonly name = 'OperationFailed';
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

export type Asking = {
  /** The IAM action, such as `cloudformation:DescribeStacks`. */
  readonly action: string;
  /** Where the call goes, when it is not AWS itself. */
  readonly endpoint?: string | undefined;
};

/** Calls AWS; a failure says what to do. @throws {OperationFailed} */
export async function asking<T>(of: Asking, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (failure) {
    throw explained(of, failure);
  }
}

/** Undefined when what is asked for does not exist; any other failure is explained. @throws {OperationFailed} */
export async function askingFor<T>(of: Asking, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (failure) {
    if (isMissing(failure)) return undefined;
    throw explained(of, failure);
  }
}

function isMissing(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false;
  if (/^(ResourceNotFoundException|NotFoundException|UserNotFoundException)$/.test(failure.name)) return true;
  return failure.name === 'ValidationError' && /does not exist/.test(failure.message);
}

/** Never the failure's own text where it may quote a request: names and our own words. */
export function explained({ action, endpoint }: Asking, failure: unknown): OperationFailed {
  if (failure instanceof OperationFailed) return failure;
  const { name, code } = namesOf(failure);
  if (name === 'CredentialsProviderError') {
    return new OperationFailed(
      'There are no AWS credentials.',
      'Set AWS_PROFILE, or sign in (`aws sso login`), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. For the local stack: AWS_ENDPOINT_URL=http://127.0.0.1:4500.',
      failure,
    );
  }
  if (
    /^(ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|AuthFailure)$/.test(
      name,
    )
  ) {
    return new OperationFailed(
      `AWS does not take these credentials (${name}).`,
      'They have run out, or are of another partition: sign in again (`aws sso login`), and see that the clock of this machine goes right.',
      failure,
    );
  }
  if (/AccessDenied|Unauthorized|^Forbidden/.test(name)) {
    return new OperationFailed(
      `These credentials may not call ${action}.`,
      `Use a role that may, or have ${action} allowed; \`aws sts get-caller-identity\` says who you are.`,
      failure,
    );
  }
  if (/Region is missing/.test(failure instanceof Error ? failure.message : '')) {
    return new OperationFailed(
      'No AWS region is given.',
      'Set AWS_REGION to the one that Heliograph is deployed in.',
      failure,
    );
  }
  if (
    action.startsWith('GET ') ||
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|ETIMEDOUT|EHOSTUNREACH)$/.test(code) ||
    name === 'TimeoutError'
  ) {
    return endpoint === undefined
      ? new OperationFailed(
          `AWS cannot be reached (${code || name}, for ${action}).`,
          'Check the network and AWS_REGION: there is no host of a region that does not exist.',
          failure,
        )
      : new OperationFailed(
          `Nobody answers at ${endpoint} (${code || name}).`,
          'Start the local stack (`npm start`) or the emulator there, or unset AWS_ENDPOINT_URL to go to AWS.',
          failure,
        );
  }
  return new OperationFailed(
    `${action} failed: ${name}.`,
    'Try again; when it stays, see the AWS Health Dashboard of the region.',
    failure,
  );
}

function namesOf(failure: unknown): { name: string; code: string } {
  if (!(failure instanceof Error)) return { name: 'Unknown', code: '' };
  const inner = failure instanceof AggregateError ? failure.errors[0] : failure;
  const code = inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  return { name: failure.name, code };
}
