import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceEndpoint } from '../../../../functions/adapters/aws/service-endpoint.ts';
import { settingVariables } from '../../../../functions/environment-names.ts';
import { endpointOf } from '../../../../functions/runtime/signed-requests.ts';
import { awsServices } from '../../../../functions/runtime/signed-services.ts';
import { answering, type LoopbackServer, loopbackServer } from '../support/loopback-server.ts';

let server: LoopbackServer;
beforeEach(async () => {
  server = await loopbackServer(() => answering(200, {}, '{}'));
});
afterEach(() => server.close());

const { storeClient } = awsServices;

const keys = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };
const get = { TableName: 't', Key: { id: { S: 'a' } } };

describe('where a service is', () => {
  it.each([
    ['dynamodb', 'eu-west-1', 'https://dynamodb.eu-west-1.amazonaws.com/'],
    ['execute-api', 'us-gov-west-1', 'https://execute-api.us-gov-west-1.amazonaws.com/'],
    ['dynamodb', 'cn-north-1', 'https://dynamodb.cn-north-1.amazonaws.com.cn/'],
  ])('%s in %s: %s', (service, region, url) => {
    expect(serviceEndpoint(service, region).href).toBe(url);
  });

  it('is said by the variable of all services, unless that of the one says otherwise', async () => {
    const nowhere = 'http://127.0.0.1:9';
    await storeClient({ ...keys, AWS_ENDPOINT_URL: server.url }).getItem(get);
    await storeClient({
      ...keys,
      AWS_ENDPOINT_URL: nowhere,
      AWS_ENDPOINT_URL_DYNAMODB: server.url,
    }).getItem(get);
    expect(server.seen.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'DynamoDB_20120810.GetItem',
      'DynamoDB_20120810.GetItem',
    ]);
  });

  it.each([
    [
      'its own variable',
      { AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://own:2' },
      'http://own:2/',
    ],
    ['that of all services', { AWS_ENDPOINT_URL: 'http://all:1' }, 'http://all:1/'],
    ['the region', {}, 'https://secretsmanager.eu-west-1.amazonaws.com/'],
  ])('is told by %s, as the SDK takes it', (_by, environment, url) => {
    expect(endpointOf('secretsmanager', { environment, region: 'eu-west-1' }).href).toBe(url);
  });

  it('is for the store its own region, which the requests are signed for', async () => {
    const environment = {
      ...keys,
      AWS_ENDPOINT_URL: server.url,
      [settingVariables.storeRegion]: 'us-east-1',
    };
    await storeClient(environment).getItem(get);
    await storeClient({ ...environment, [settingVariables.storeRegion]: '' }).getItem(get);
    expect(server.seen.map(({ headers }) => headers.authorization?.split('/').slice(2, 4))).toEqual([
      ['us-east-1', 'dynamodb'],
      ['eu-west-1', 'dynamodb'],
    ]);
  });
});

describe('credentials', () => {
  it('are those of the environment at the moment of the request', async () => {
    const environment: Record<string, string> = { ...keys, AWS_ENDPOINT_URL: server.url };
    const store = storeClient(environment);
    await store.getItem(get);
    Object.assign(environment, { AWS_ACCESS_KEY_ID: 'next', AWS_SESSION_TOKEN: 'session' });
    await store.getItem(get);
    const [first, second] = server.seen;
    expect(first?.headers.authorization).toContain('Credential=id/');
    expect(first?.headers).not.toHaveProperty('x-amz-security-token');
    expect(second?.headers.authorization).toContain('Credential=next/');
    expect(second?.headers['x-amz-security-token']).toBe('session');
  });

  it.each([
    ['both are missing', {}],
    ['the secret is missing', { AWS_ACCESS_KEY_ID: 'id' }],
    ['they are empty', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }],
  ])('I10: nothing is asked where %s', async (_what, given) => {
    const store = storeClient({ ...given, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: server.url });
    await expect(store.getItem(get)).rejects.toMatchObject({ name: 'NoCredentials' });
    expect(server.seen).toEqual([]);
  });
});
