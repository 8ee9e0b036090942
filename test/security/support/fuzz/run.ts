import fc from 'fast-check';
import { cognitoTokenVerifier } from '../../../../functions/adapters/cognito/token-verifier.ts';
import { seed } from '../../../support/property-seed.ts';
import { clientId, jwksServer, signingKey, userPoolId } from '../../../unit/adapters/support/token-issuer.ts';
import { t0 } from '../../../unit/core/support/world.ts';
import { type Input, input } from './inputs.ts';
import { judge } from './oracle.ts';
import { newStage, type Stage } from './stage.ts';
import { tokensBy } from './tokens.ts';

/** Inputs of one world, one after the other. */
const length = 25;
/** What is drawn as nothing, so that a failing run shrinks to the inputs that it takes; and what the gateway answers itself. */
const spare = 1.25;

/** How many inputs; in the long form, and by `HELIOGRAPH_FUZZ_INPUTS`, more. */
export const inputsAsked = Number(process.env.HELIOGRAPH_FUZZ_INPUTS ?? 5_000);

export const key = signingKey('current');
export const tokens = tokensBy(key);

/** The verifier of a deployed stack, its JWKS on loopback, by the clock of the worlds. */
export async function verifierOnLoopback() {
  const jwks = await jwksServer(key);
  const verifier = cognitoTokenVerifier({
    userPoolId,
    clientIds: [clientId],
    tokenUse: 'access',
    leewayMs: 30_000,
    clock: { now: () => t0 },
    jwksUri: jwks.jwksUri,
  });
  await verifier.warm();
  return { verifier, jwks };
}

export type Played = { inputs: number; readonly answers: Map<string, number> };

/** Plays as many inputs, each judged by itself; throws with the smallest that is wrong, and its seed. */
export async function playInputs(
  of: Omit<Parameters<typeof newStage>[0], 'tokens'>,
  count: number,
  { shrink = true } = {},
): Promise<Played> {
  const played: Played = { inputs: 0, answers: new Map() };
  const several = fc.array(fc.option(input, { nil: undefined, freq: 50 }), {
    minLength: length,
    maxLength: length,
  });
  await fc.assert(
    fc.asyncProperty(several, async (inputs) => {
      const stage = await newStage({ tokens, ...of });
      for (const each of inputs) if (each !== undefined) await playOne(stage, each, played);
    }),
    {
      numRuns: Math.ceil((count * spare) / length),
      endOnFailure: !shrink,
      seed,
    },
  );
  return played;
}

async function playOne(stage: Stage, one: Input, played: Played): Promise<void> {
  const result = await stage.play(one);
  if (result === undefined) return;
  played.inputs += 1;
  const said = /"type":"(\w+)"(?:.*"code":"(\w+)")?/.exec(result.answer.body ?? '');
  const name = `${result.route} ${said?.[2] ?? said?.[1] ?? 'nothing'}`;
  played.answers.set(name, (played.answers.get(name) ?? 0) + 1);
  const problems = judge(result);
  if (problems.length === 0) return;
  throw new Error(`${problems.join('; ')}: ${result.from} sent ${result.text.slice(0, 2_000)}`);
}
