import { signal } from '@preact/signals';

export type Route = { readonly page: 'fleet' } | { readonly page: 'robot'; readonly robotId: string };

/** By the fragment of the address, so that the page can lie anywhere. */
export const route = signal<Route>(read());

addEventListener('hashchange', () => {
  route.value = read();
});

function read(): Route {
  const [, robotId] = /^#\/robots\/(.+)$/.exec(location.hash) ?? [];
  return robotId === undefined ? { page: 'fleet' } : { page: 'robot', robotId: decodeURIComponent(robotId) };
}

export const toFleet = '#/';
export const toRobot = (robotId: string): string => `#/robots/${encodeURIComponent(robotId)}`;
