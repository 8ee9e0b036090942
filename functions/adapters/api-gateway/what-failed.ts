/** The facts of a failed call to AWS that may be kept: names and numbers, no text that somebody else wrote. */
export type WhatFailed = {
  readonly name: string;
  /** HTTP status, when there was an answer at all. */
  readonly status?: number;
  /** Node's own code, such as `ECONNREFUSED`, when there was none. */
  readonly systemCode?: string;
  readonly requestId?: string;
  readonly attempts?: number;
};

/** Reads whatever was thrown. Never throws itself. */
export function whatFailed(failure: unknown): WhatFailed {
  const metadata = field(failure, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  const systemCode = field(failure, 'code');
  const requestId = field(metadata, 'requestId');
  const attempts = field(metadata, 'attempts');
  return {
    name: identifier(field(failure, 'name')) ?? 'Error',
    ...(typeof status === 'number' && { status }),
    ...(typeof systemCode === 'string' && /^E[A-Z0-9_]{2,30}$/.test(systemCode) && { systemCode }),
    ...(typeof requestId === 'string' && /^[\w=+/-]{1,64}$/.test(requestId) && { requestId }),
    ...(typeof attempts === 'number' && { attempts }),
  };
}

/** An error's name comes from the answer (`x-amzn-ErrorType`): only what can be a name is taken for one. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z]\w{0,63}$/.test(value) ? value : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
