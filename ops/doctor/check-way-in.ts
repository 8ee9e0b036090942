import * as z from 'zod';
import { type Finding, fault, inWords, ok, skipped } from './finding.ts';
import type { Handshake, Setup } from './setup.ts';

const jwksBody = z.object({ keys: z.array(z.looseObject({ kid: z.string(), alg: z.string().optional() })) });

/** The keys that tokens are checked by, and the clock of who gave them against ours. */
export async function checkKeysAndClock(setup: Setup): Promise<Finding[]> {
  const askedAt = setup.now();
  const { status, at, body } = await setup.jwks();
  const tookMs = setup.now() - askedAt;
  const keys = jwksBody.safeParse(body);
  const found: Finding[] = [];
  if (status !== 200 || !keys.success || keys.data.keys.length === 0) {
    const says =
      status === 200
        ? 'The JWKS holds no keys: no token can be checked.'
        : `The JWKS answers with ${status}: no token can be checked.`;
    found.push(
      fault(
        'keys',
        says,
        `See that the user pool ${setup.functionsPoolId} exists in this region; then: ${setup.redeploy}`,
      ),
    );
  } else {
    found.push(ok('keys', `${keys.data.keys.length} keys at the JWKS.`));
  }
  found.push(clockFinding(setup, { at, askedAt, tookMs }));
  return found;
}

/** A `Date` header is cut to the second, and says when the answer was made: somewhere within the call. */
function clockFinding(
  setup: Setup,
  { at, askedAt, tookMs }: { at: number | undefined; askedAt: number; tookMs: number },
): Finding {
  if (at === undefined) return skipped('clock', 'The answer has no date to compare with.');
  const offMs = askedAt + tookMs / 2 - (at + 500);
  const { leewayMs } = setup.policy;
  if (Math.abs(offMs) > leewayMs + tookMs / 2 + 500) {
    const how = offMs > 0 ? 'ahead' : 'behind';
    return fault(
      'clock',
      `The clock of this machine is ${inWords(offMs)} ${how}, the leeway is ${inWords(leewayMs)}: tokens look ${offMs > 0 ? 'older' : 'younger'} here than they are.`,
      'Set it by NTP: `timedatectl set-ntp true`, or `w32tm /resync`. A robot whose clock is wrong refreshes at the wrong time.',
    );
  }
  return ok('clock', `This machine’s is right, to ${inWords(Math.max(1_000, Math.abs(offMs)))}.`);
}

/** A handshake without a token reaches the function and is refused: the way there is open, and nothing is changed. */
export async function checkConnect(setup: Setup): Promise<Finding[]> {
  const check = 'connect';
  const refusal = await setup.handshake();
  const broken = brokenHandshake(setup, refusal);
  if (broken !== undefined) return [fault(check, broken.says, broken.remedy)];
  if (setup.visit === undefined) {
    return [
      ok(check, 'The address answers, and refuses whom it does not know.'),
      skipped(
        'visit',
        'No user was given: set HELIOGRAPH_USER and HELIOGRAPH_PASSWORD to sign in and connect for real.',
      ),
    ];
  }
  return [
    ok(check, 'The address answers, and refuses whom it does not know.'),
    await visit(setup, setup.visit),
  ];
}

async function visit(setup: Setup, go: NonNullable<Setup['visit']>): Promise<Finding> {
  const check = 'visit';
  const visited = await go();
  if (visited.signIn === 'refused') {
    return fault(
      check,
      `The sign-in was refused: ${visited.why}.`,
      'See HELIOGRAPH_USER and HELIOGRAPH_PASSWORD, and that the user is enabled and has chosen its password.',
    );
  }
  const { lifeMs, handshake, answer, tookMs } = visited;
  const { tokenMs } = setup.policy;
  if (Math.abs(lifeMs - tokenMs) > 60_000) {
    return fault(
      check,
      `The token lives ${inWords(lifeMs)}, the policy says ${inWords(tokenMs)} (F1).`,
      setup.redeploy,
    );
  }
  if (!('status' in handshake) || handshake.status !== 101) {
    const how = 'status' in handshake ? `with ${handshake.status}` : `: ${handshake.unreachable}`;
    return fault(
      check,
      `The user was signed in, and refused at the handshake ${how}.`,
      'Is the user in exactly one of robots, operators, viewers, admins? heliograph tail --since 5m says why it was refused.',
    );
  }
  if (answer === undefined) {
    return fault(
      check,
      'The connection was opened, and nothing is answered on it.',
      'heliograph tail --since 5m --level warn, then the routes of the stage.',
    );
  }
  return ok(check, `Signed in, connected, got ${answer}, left; ${tookMs} ms.`);
}

function brokenHandshake(setup: Setup, handshake: Handshake): { says: string; remedy: string } | undefined {
  if ('unreachable' in handshake) {
    return {
      says: `The address cannot be reached: ${handshake.unreachable}.`,
      remedy: `See the network and the name; a custom domain needs its certificate and its DNS record. Else: ${setup.redeploy}`,
    };
  }
  // An emulator refuses every handshake with 403.
  if (handshake.status === 401 || (setup.kind === 'emulator' && handshake.status === 403)) return undefined;
  if (handshake.status === 101) {
    return { says: 'A connection without a token was let in.', remedy: `At once: ${setup.redeploy}` };
  }
  const remedies: Readonly<Record<number, string>> = {
    403: 'The API has no stage or no $connect route under this address, or something in front of it refuses: see the URL, WAF, CloudFront.',
    404: 'The API has no stage under this address: see the URL.',
    429: 'The account has as many new connections as it may: see the runbook, ConnectRate.',
  };
  return {
    says: `A handshake without a token is answered with ${handshake.status} instead of 401.`,
    remedy:
      remedies[handshake.status] ??
      'The function behind $connect fails: heliograph tail --since 5m --level warn.',
  };
}
