import { expect, it } from 'vitest';
import { parseSettings } from '../../../console/src/settings.ts';

const least = {
  gateways: [{ name: 'eu', url: 'wss://host/v1' }],
  identity: { region: 'eu-central-1', clientId: 'app' },
};

it('takes the least: a gateway and a user pool’s app client', () => {
  expect(parseSettings(least)).toMatchObject({ hosted: undefined, local: undefined });
});

it('takes the hosted sign-in by config', () => {
  const { hosted } = parseSettings({ ...least, hosted: { domain: 'https://x.auth.eu.amazoncognito.com' } });
  expect(hosted).toEqual({ domain: 'https://x.auth.eu.amazoncognito.com', scopes: 'openid' });
});

it.each([
  [undefined, 'settings.json'],
  [[], 'settings.json'],
  [{ ...least, gateways: [] }, 'no gateway'],
  [{ ...least, gateways: [{ name: 'eu' }] }, 'gateways.url'],
  [{ ...least, identity: { clientId: 'app' } }, 'identity.region'],
  [{ ...least, identity: { region: 'eu' } }, 'identity.clientId'],
  [{ ...least, hosted: {} }, 'hosted.domain'],
  [{ ...least, local: {} }, 'local.breakUrl'],
])('says what is missing in %j', (given, text) => {
  expect(() => parseSettings(given)).toThrow(text);
});
