import { createHash, createHmac } from 'node:crypto';

type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

export type SignedFetch = (request: {
  readonly service: 'dynamodb' | 'execute-api';
  readonly url: URL;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}) => Promise<{ readonly status: number; readonly body: string }>;

const timeoutMs = 3_000;

/**
 * A prototype, to measure: POST requests signed with Signature Version 4, and nothing else of an SDK.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedFetch(of: { readonly region: string; readonly credentials: Credentials }): SignedFetch {
  const { region, credentials } = of;
  return async ({ service, url, body, headers = {} }) => {
    const amzDate = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const day = amzDate.slice(0, 8);
    const signed: Record<string, string> = {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      host: url.host,
      'x-amz-date': amzDate,
      ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
    };
    const names = Object.keys(signed).sort();
    const canonical = [
      'POST',
      // Every service but S3 signs the path encoded once more.
      url.pathname.split('/').map(encodeURIComponent).join('/'),
      '',
      ...names.map((name) => `${name}:${signed[name]?.trim()}`),
      '',
      names.join(';'),
      sha256(body),
    ].join('\n');
    const scope = `${day}/${region}/${service}/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', amzDate, scope, sha256(canonical)].join('\n');
    const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
      (secret, part) => hmac(secret, part),
      `AWS4${credentials.secretAccessKey}`,
    );
    const signature = hmac(key, toSign).toString('hex');
    const { host: _, ...sent } = signed;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...sent, authorization },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, body: await answer.text() };
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
