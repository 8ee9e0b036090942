import { describe, expect, it } from 'vitest';
import { apiGatewayPeerGateway } from '../../../functions/adapters/api-gateway/peer-gateway.ts';
import { regionOf } from '../../../functions/adapters/api-gateway/region-of.ts';
import { signedPeerGateway } from '../../../functions/adapters/api-gateway/signed-peer-gateway.ts';
import { AwsFailure } from '../../../functions/adapters/aws/failure.ts';
import type { AwsRequest } from '../../../functions/adapters/aws/transport.ts';
import { connectionId } from '../../../protocol/ids.ts';

const socket = (endpoint: string) => ({ connectionId: connectionId.parse('L0SM9cOFvHcCIhw='), endpoint });
const target = socket('http://127.0.0.1:4510/prod');

describe('the region of an endpoint', () => {
  it.each([
    ['https://abc123.execute-api.eu-west-1.amazonaws.com/prod', 'eu-west-1'],
    ['https://abc123.execute-api.us-gov-west-1.amazonaws.com/prod', 'us-gov-west-1'],
    ['https://abc123.execute-api.cn-north-1.amazonaws.com.cn/prod', 'cn-north-1'],
    ['https://abc123.execute-api-fips.us-east-1.amazonaws.com/prod', 'us-east-1'],
    ['http://127.0.0.1:4510/local', undefined],
    ['http://abc123.execute-api.localhost:4566/prod', undefined],
    ['not a url', undefined],
  ])('is that in its host: %s: %s', (endpoint, region) => {
    expect(regionOf(endpoint)).toBe(region);
  });
});

describe('by the SDK', () => {
  it('takes GoneException for gone, of a client that has no HTTP answer', async () => {
    const failure = Object.assign(new Error('gone'), { name: 'GoneException' });
    const gateway = apiGatewayPeerGateway({ clientFor: () => ({ send: () => Promise.reject(failure) }) });
    await expect(gateway.find(target)).resolves.toBe('gone');
  });

  it('does not outlast the limit when only the client it was given hangs', async () => {
    const endpoints: string[] = [];
    const gateway = apiGatewayPeerGateway({
      timeouts: { totalMs: 50 },
      clientFor: (endpoint) => {
        endpoints.push(endpoint);
        return {
          send: (_command: unknown, options?: unknown) =>
            new Promise<never>((_resolve, reject) => {
              const signal: unknown = Reflect.get(Object(options), 'abortSignal');
              if (signal instanceof AbortSignal) signal.onabort = () => reject(signal.reason);
            }),
        };
      },
    });
    await expect(gateway.close(target)).rejects.toMatchObject({
      name: 'DependencyUnavailable',
      code: 'TimeoutError',
    });
    expect(endpoints).toEqual([target.endpoint]);
  });
});

describe('by signed requests', () => {
  it('takes GoneException for gone, of a transport that has no HTTP answer', async () => {
    const failure = new AwsFailure('GoneException');
    const gateway = signedPeerGateway({ region: 'x', transport: () => Promise.reject(failure) });
    await expect(gateway.find(target)).resolves.toBe('gone');
  });

  it('an endpoint that is none is unavailable', async () => {
    const gateway = signedPeerGateway({ region: 'x', transport: () => Promise.reject(new Error('asked')) });
    await expect(gateway.find(socket('nowhere'))).rejects.toMatchObject({ name: 'DependencyUnavailable' });
  });

  it.each([
    ['https://abc123.execute-api.eu-west-1.amazonaws.com/prod', 'eu-west-1'],
    ['http://127.0.0.1:4510/prod', 'eu-central-1'],
  ])('asks at its own endpoint, in the name of its region: %s', async (endpoint, region) => {
    const asked: AwsRequest[] = [];
    const gateway = signedPeerGateway({
      region: 'eu-central-1',
      transport: async (request) => {
        asked.push(request);
        return { status: 200, headers: {}, text: '' };
      },
    });
    await gateway.close(socket(endpoint));
    expect(asked).toMatchObject([
      { service: 'execute-api', region, method: 'DELETE', endpoint: new URL(endpoint) },
    ]);
  });
});
