import { seededPassword, seededUsers } from '../stack/users.ts';
import type { StartAddresses } from './start-addresses.ts';

/** Where the page asks what it must know. A deployed console has a file there. */
export const settingsPath = '/settings.json';
export const breakPath = '/local/break';

/** What the console of the local stack is told: where everything is, who can sign in, that it may break things. */
export function settingsOfConsole(addresses: StartAddresses) {
  const { gateway, secondGateway, identity, clientIds } = addresses;
  return {
    gateways: [
      { name: 'us-east-1', url: gateway },
      ...(secondGateway === undefined ? [] : [{ name: 'eu-west-1', url: secondGateway }]),
    ],
    identity: { endpoint: identity, clientId: clientIds.people },
    local: {
      breakUrl: breakPath,
      password: seededPassword,
      users: seededUsers
        .filter(({ groups = [] }) => !groups.includes('robots'))
        .map(({ userName, groups = [] }) => ({ userName, groups })),
    },
  };
}
