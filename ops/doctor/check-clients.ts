import { type Finding, fault, inWords, ok } from './finding.ts';
import type { ClientFacts, Setup, Validity } from './setup.ts';

const unitMs: Readonly<Record<string, number>> = {
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

/** What Cognito makes of a missing value or unit. @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
const cognitoDefaults = {
  access: { ms: 3_600_000, unit: 'hours' },
  id: { ms: 3_600_000, unit: 'hours' },
  refresh: { ms: 30 * 86_400_000, unit: 'days' },
} as const;

type TokenKind = keyof typeof cognitoDefaults;

/** F1: every validity and every unit of both app clients, against the policy. */
export async function checkClients(setup: Setup): Promise<Finding[]> {
  const findings = await Promise.all(
    (['robots', 'people'] as const).map(async (name) => {
      const check = `client ${name}`;
      const id = setup.clientIds[name];
      const facts = await setup.client(id);
      if (facts === undefined) {
        return [fault(check, `The user pool ${setup.userPoolId} has no app client ${id}.`, setup.redeploy)];
      }
      const faults = [...livesOf(setup, name, facts), ...optionsOf(setup, check, facts)];
      const lives = `${inWords(setup.policy.tokenMs)}, refresh ${inWords(setup.policy.refreshTokenMs[name])}`;
      return faults.length > 0 ? faults : [ok(check, `Tokens live as the policy says: ${lives}.`)];
    }),
  );
  const more = await Promise.all(setup.moreClientIds.map((id) => checkFurther(setup, id)));
  return [...findings.flat(), ...more.flat(), ...(await checkAccepted(setup))];
}

/** One that was there before, whose sign-in is its app's own affair: what counts here is how long its tokens live. */
async function checkFurther(setup: Setup, id: string): Promise<Finding[]> {
  const check = `client ${id}`;
  const facts = await setup.client(id);
  if (facts === undefined) {
    const says = `The user pool ${setup.userPoolId} has no app client ${id}.`;
    return [fault(check, says, 'Take it out of identity.userPoolClients.more, and deploy again.')];
  }
  const { tokenMs } = setup.policy;
  const faults = (['access', 'id'] as const).flatMap((kind) => {
    const lives = lifeOf(kind, facts[kind]);
    if (lives === tokenMs) return [];
    return [
      fault(
        check,
        `${nameOf[kind]} tokens live ${inWords(lives)}, the policy says ${inWords(tokenMs)}: ${because(kind, facts[kind])}.`,
        'Give the app client the lives of the policy: applyTokenPolicy, or all validities and units by hand.',
      ),
    ];
  });
  return faults.length > 0 ? faults : [ok(check, `Tokens live as the policy says: ${inWords(tokenMs)}.`)];
}

const nameOf: Readonly<Record<TokenKind, string>> = { access: 'Access', id: 'ID', refresh: 'Refresh' };

function livesOf(setup: Setup, name: 'robots' | 'people', facts: ClientFacts): Finding[] {
  const { policy } = setup;
  const meant = { access: policy.tokenMs, id: policy.tokenMs, refresh: policy.refreshTokenMs[name] };
  return (['access', 'id', 'refresh'] as const).flatMap((kind) => {
    const lives = lifeOf(kind, facts[kind]);
    if (lives === meant[kind]) return [];
    return [
      fault(
        `client ${name}`,
        `${nameOf[kind]} tokens live ${inWords(lives)}, the policy says ${inWords(meant[kind])}: ${because(kind, facts[kind])}.`,
        `${setup.redeploy} Set no validity in the console: the policy (heliograph:tokenPolicy) sets all three, with their units.`,
      ),
    ];
  });
}

function lifeOf(kind: TokenKind, { value, unit }: Validity): number {
  const { ms, unit: defaultUnit } = cognitoDefaults[kind];
  return value === undefined || value === 0 ? ms : value * (unitMs[unit ?? defaultUnit] ?? Number.NaN);
}

function because(kind: TokenKind, { value, unit }: Validity): string {
  if (value === undefined || value === 0) return 'no validity is set, and this is Cognito’s default';
  if (unit === undefined)
    return `it is set to ${value} without a unit, which Cognito takes for ${cognitoDefaults[kind].unit}`;
  return `it is set to ${value} ${unit}`;
}

function optionsOf(setup: Setup, check: string, facts: ClientFacts): Finding[] {
  const found: Finding[] = [];
  if (facts.hasSecret) {
    const says = 'The app client has a secret, which neither robots nor browsers can keep: no sign-in works.';
    found.push(
      fault(check, says, `${setup.redeploy} A secret cannot be taken away: the client is made anew.`),
    );
  }
  if (!facts.revocation) {
    found.push(fault(check, 'Tokens of this app client cannot be revoked (F13).', setup.redeploy));
  }
  // With rotation Cognito allows another call in its place.
  if (!facts.rotation && !facts.flows.includes('ALLOW_REFRESH_TOKEN_AUTH')) {
    found.push(
      fault(
        check,
        'No token can be refreshed: ALLOW_REFRESH_TOKEN_AUTH is off, so every connection ends with its token.',
        `${setup.redeploy} Of a client of yours: applyTokenPolicy, or allow the flow in the console.`,
      ),
    );
  }
  if (facts.rotation) {
    found.push(
      fault(
        check,
        'Refresh tokens are rotated: a robot that renews by REFRESH_TOKEN_AUTH is refused. Our client package is not.',
        'Turn the rotation off, unless every holder uses our client package (or GetTokensFromRefreshToken).',
      ),
    );
  }
  if (!facts.flows.includes('ALLOW_USER_PASSWORD_AUTH')) {
    found.push(
      fault(check, 'Nobody can sign in by password: ALLOW_USER_PASSWORD_AUTH is off.', setup.redeploy),
    );
  }
  return found;
}

/** The functions take tokens of exactly the clients of this pool. */
async function checkAccepted(setup: Setup): Promise<Finding[]> {
  const check = 'accepted clients';
  if (setup.functionsPoolId !== setup.userPoolId) {
    const says = `The functions take tokens of the pool ${setup.functionsPoolId}, the users are in ${setup.userPoolId}.`;
    return [fault(check, says, setup.redeploy)];
  }
  const { acceptedClientIds: accepted } = setup;
  const refused = [
    ...Object.entries(setup.clientIds),
    ...setup.moreClientIds.map((id) => ['that is listed', id] as const),
  ].filter(([, id]) => !accepted.includes(id));
  const ours = [...Object.values(setup.clientIds), ...setup.moreClientIds];
  const strangers = accepted.filter((id) => !ours.includes(id));
  const faults = [
    ...refused.map(([name, id]) =>
      fault(check, `The functions refuse every token of the client ${name} (${id}).`, setup.redeploy),
    ),
    ...strangers.map((id) =>
      fault(check, `The functions take tokens of ${id}, which is no client of ours.`, setup.redeploy),
    ),
  ];
  return faults.length > 0
    ? faults
    : [
        ok(
          check,
          `The functions take tokens of these ${inNumber(accepted.length)} app clients, and of no other.`,
        ),
      ];
}

/** One client may serve robots and people. */
function inNumber(clients: number): string {
  return clients === 2 ? 'two' : String(clients);
}

/** Who is in no group is refused, and a group that is not there can have nobody in it. */
export async function checkGroups(setup: Setup): Promise<Finding[]> {
  const { groups: names, robotIdGroupPrefix, fleetPrefix } = setup.conventions;
  // A group for each robot stands in for the one of all.
  const { robots, ...ofPeople } = names;
  const groups = [...(robotIdGroupPrefix === undefined ? [robots] : []), ...Object.values(ofPeople)];
  const there = await setup.groups();
  const missing = groups.filter((name) => !there.includes(name));
  const fleets = there.filter((name) => name.startsWith(fleetPrefix));
  if (missing.length > 0) {
    const says = `The user pool lacks ${missing.length === 1 ? 'the group' : 'the groups'} ${missing.join(', ')}.`;
    return [fault('groups', says, setup.redeploy)];
  }
  return fleets.length > 0
    ? [
        ok(
          'groups',
          `All four, and ${fleets.length} ${fleets.length === 1 ? 'fleet' : 'fleets'}: ${fleets.slice(0, 5).join(', ')}${fleets.length > 5 ? ', …' : ''}.`,
        ),
      ]
    : [ok('groups', 'All four; no fleet yet, so only admins see robots.')];
}
