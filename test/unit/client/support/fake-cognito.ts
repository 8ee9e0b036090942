import type { Fetch } from '../../../../client/src/tokens/cognito/cognito-call.ts';

export type CognitoRequest = { readonly operation: string; readonly body: Record<string, unknown> };
export type CognitoAnswer = { readonly status?: number; readonly body: unknown } | 'no network' | 'hang';

export type FakeCognito = {
  readonly fetch: Fetch;
  readonly requests: CognitoRequest[];
  /** By which each request may be given up. */
  readonly signals: AbortSignal[];
  /** What is answered to this request; by default tokens numbered from 1, with an hour to live. */
  answer: (request: CognitoRequest) => CognitoAnswer | undefined;
};

/** Answers like Cognito's JSON API, as far as the client asks. */
export function createFakeCognito(): FakeCognito {
  const requests: CognitoRequest[] = [];
  const signals: AbortSignal[] = [];
  const cognito: FakeCognito = {
    requests,
    signals,
    answer: () => undefined,
    async fetch(_, { headers, body, signal }) {
      signals.push(signal);
      const operation = headers['x-amz-target']?.split('.')[1] ?? '';
      const request = { operation, body: JSON.parse(body) };
      requests.push(request);
      const answer = cognito.answer(request) ?? tokens(requests.length);
      if (answer === 'hang') await new Promise(() => undefined);
      if (typeof answer === 'string') throw new TypeError('fetch failed');
      const { status = 200 } = answer;
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      return { ok: status < 300, status, text: async () => text };
    },
  };
  return cognito;
}

export function tokens(count: number, more: Record<string, unknown> = {}): CognitoAnswer {
  const result = { AccessToken: `access-${count}`, IdToken: `id-${count}`, ExpiresIn: 3600, ...more };
  return { body: { AuthenticationResult: result } };
}

export const signedIn = (count: number): CognitoAnswer => tokens(count, { RefreshToken: `refresh-${count}` });

export function refused(name: string, message = '', status = 400): CognitoAnswer {
  return { status, body: { __type: name, message } };
}
