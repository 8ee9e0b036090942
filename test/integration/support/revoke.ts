import type { Target } from './target.ts';

/** Invokes the function that revokes, as `aws lambda invoke` would, on an emulator. */
export async function invokeRevocation(target: Target, payload: unknown): Promise<unknown> {
  const { revocationFunction, identity, region } = target;
  if (revocationFunction === undefined) throw new Error('The target names no function that revokes.');
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const answer = await fetch(`${identity}/2015-03-31/functions/${revocationFunction}/invocations`, {
    method: 'POST',
    headers: {
      // An emulator takes the account and the region from here, and checks no signature.
      authorization: `AWS4-HMAC-SHA256 Credential=test/${day}/${region}/lambda/aws4_request, SignedHeaders=host, Signature=none`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(payload),
  });
  const result: unknown = await answer.json();
  if (answer.ok && answer.headers.get('x-amz-function-error') === null) return result;
  throw new Error(`The function failed: ${JSON.stringify(result)}`);
}
