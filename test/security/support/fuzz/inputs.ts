import fc from 'fast-check';
import { type Action, clientMessages } from '../../../../protocol/messages.ts';
import { messageRoutes } from '../../../unit/edge/support/gateway-calls.ts';
import { broken, placeholder } from './broken.ts';
import { sockets } from './people.ts';
import { validFor } from './schema-arbitrary.ts';

/** One message of one socket. `route`: what the gateway is to take it for, whatever it says. */
export type Input = { readonly from: string; readonly text: string; readonly route: string | undefined };

const refer = (what: string) => fc.nat(7).map((at) => placeholder(what, at));
const sometimes = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: other, weight: 1 });

const made = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/);
const ids = {
  sessionId: sometimes(fc.oneof(refer('session'), refer('own')), made),
  to: sometimes(refer('session'), made),
  robotId: sometimes(refer('robot'), fc.string({ minLength: 1, maxLength: 40 })),
  robotIds: fc.array(sometimes(refer('robot'), made), { minLength: 1, maxLength: 4 }),
  resume: fc.oneof(refer('key'), refer('ownKey'), fc.constant(true), made),
  token: sometimes(fc.oneof(refer('token'), refer('ownToken')), fc.string({ minLength: 1, maxLength: 200 })),
  protocol: sometimes(fc.constant(1), fc.integer()),
  data: fc.oneof(
    fc.jsonValue(),
    fc.constant('secret-sdp'),
    fc.constant({ candidate: 'secret-sdp', sdpMid: '0' }),
  ),
  cursor: sometimes(
    fc
      .tuple(fc.constantFrom('demo', 'other', null), fc.constantFrom('rover-1', 'a', '', null))
      .map((of) => JSON.stringify(of)),
    fc.string({ maxLength: 60 }),
  ),
};

/** A session is asked for together with its robot: apart, hardly any two would belong together. */
const pair = fc
  .tuple(fc.constantFrom('session', 'own'), fc.nat(7))
  .map(([what, at]) => ({ sessionId: placeholder(what, at), robotId: placeholder(`${what}Robot`, at) }));

function validMessage(action: Action): fc.Arbitrary<string> {
  const message = validFor(clientMessages[action], ids);
  return fc.tuple(message, pair, fc.boolean()).map(([fields, both, isPaired]) => {
    const asked = { ...Object(fields) };
    if (isPaired && 'sessionId' in asked) Object.assign(asked, both);
    return JSON.stringify(asked);
  });
}

const actions = Object.keys(clientMessages) as Action[];
const from = fc.constantFrom(...sockets.map(({ name }) => name));
const anyText = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constantFrom('', 'null', '[]', '{}'));

/** Valid messages of every action in their turn, the same changed, and what is none at all. */
export const input: fc.Arbitrary<Input> = fc.constantFrom(...actions).chain((action) => {
  const valid = validMessage(action);
  const text = fc.oneof(
    { arbitrary: valid, weight: 3 },
    { arbitrary: broken(valid), weight: 6 },
    { arbitrary: broken(anyText), weight: 1 },
  );
  const route = fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 12 },
    { arbitrary: fc.constantFrom(...messageRoutes), weight: 2 },
    { arbitrary: fc.constantFrom('$default', '$connect', '$disconnect'), weight: 1 },
  );
  return fc.record({ from, text, route });
});
