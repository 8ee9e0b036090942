/** What the console is told at its deployment, or by `npm start`: `settings.json` beside the page. */
export type Settings = {
  /** At least one. The first is where everybody begins. */
  readonly gateways: readonly Gateway[];
  readonly identity: Identity;
  /** Cognito's hosted sign-in, for MFA and single sign-on; absent: by password only. */
  readonly hosted: Hosted | undefined;
  /** Only where the whole system runs on this machine. */
  readonly local: Local | undefined;
};

export type Gateway = { readonly name: string; readonly url: string };
export type Identity = {
  readonly clientId: string;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
};
/** `domain`: `https://<prefix>.auth.<region>.amazoncognito.com`, or an own one. */
export type Hosted = { readonly domain: string; readonly scopes: string };
export type Local = {
  readonly breakUrl: string;
  readonly password: string;
  readonly users: readonly { readonly userName: string; readonly groups: readonly string[] }[];
};

/** The settings cannot be used. */
export class SettingsUnusable extends Error {
  override readonly name = 'SettingsUnusable';
}

/** @throws {SettingsUnusable} naming what is missing. */
export async function loadSettings(): Promise<Settings> {
  let given: unknown;
  try {
    const response = await fetch('./settings.json', { cache: 'no-store' });
    given = await response.json();
  } catch (cause) {
    throw new SettingsUnusable('settings.json beside this page cannot be read.', { cause });
  }
  return parseSettings(given);
}

export function parseSettings(given: unknown): Settings {
  const { gateways, identity, hosted, local } = record(given, 'settings.json');
  const { clientId, region, endpoint } = record(identity, 'identity');
  const list = Array.isArray(gateways) ? gateways : [];
  if (list.length === 0) throw new SettingsUnusable('settings.json names no gateway.');
  if (optionalText(region) === undefined && optionalText(endpoint) === undefined) {
    throw new SettingsUnusable('settings.json must give identity.region or identity.endpoint.');
  }
  return {
    gateways: list.map((gateway) => {
      const { name, url } = record(gateway, 'gateways');
      return { name: text(name, 'gateways.name'), url: text(url, 'gateways.url') };
    }),
    identity: {
      clientId: text(clientId, 'identity.clientId'),
      region: optionalText(region),
      endpoint: optionalText(endpoint),
    },
    hosted: hosted === undefined ? undefined : parseHosted(hosted),
    local: local === undefined ? undefined : parseLocal(local),
  };
}

function parseHosted(given: unknown): Hosted {
  const { domain, scopes } = record(given, 'hosted');
  return { domain: text(domain, 'hosted.domain'), scopes: optionalText(scopes) ?? 'openid' };
}

function parseLocal(given: unknown): Local {
  const { breakUrl, password, users } = record(given, 'local');
  return {
    breakUrl: text(breakUrl, 'local.breakUrl'),
    password: text(password, 'local.password'),
    users: (Array.isArray(users) ? users : []).map((user) => {
      const { userName, groups } = record(user, 'local.users');
      return {
        userName: text(userName, 'local.users.userName'),
        groups: Array.isArray(groups) ? groups.map(String) : [],
      };
    }),
  };
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new SettingsUnusable(`settings.json: ${name} is missing.`);
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new SettingsUnusable(`settings.json: ${name} is missing.`);
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
