import * as z from 'zod';
import { type ServerMessage, serverMessage } from '../../../../protocol/messages.ts';
import { replies } from '../../../../protocol/replies.ts';
import { foreignEffects } from './foreign-effects.ts';
import { visible } from './people.ts';
import type { Result } from './stage.ts';

/** What answers each action on its own socket when nothing is refused. Written from the reference. */
const answers: Readonly<Record<string, readonly (ServerMessage['type'] | 'nothing')[]>> = {
  hello: ['nothing'],
  refreshToken: ['tokenRefreshed'],
  listRobots: ['robots'],
  watchRobots: ['watching'],
  openSession: ['sessionOpened'],
  signal: ['signalAck', 'nothing'],
  closeSession: ['sessionClosed'],
  requestControl: ['controlChanged'],
  grantControl: ['controlChanged'],
  releaseControl: ['controlChanged'],
  getIceServers: ['iceServers'],
  bye: ['nothing'],
  $default: [],
};

/** Any message may be refused with these, whatever it asks. */
const always = ['bad_request', 'payload_too_large', 'rate_limited'];

/** Codes after which nothing may have changed and nobody may have heard anything: what was asked was not begun. */
const withoutEffect = [
  'bad_request',
  'unknown_action',
  'protocol_unsupported',
  'payload_too_large',
  'hello_required',
  'unauthenticated',
  'token_invalid',
  'token_not_newer',
  'identity_mismatch',
  'forbidden',
  'robot_unknown',
  'robot_offline',
  'session_unknown',
];

const withRequestId = z.object({ requestId: z.string().min(1).max(64) });
const errorsOf = new Map<string, readonly string[]>(
  Object.entries(replies).map(([action, { errors }]) => [action, errors]),
);

/** Everything that is wrong with what an input has led to, in words; nothing when all is well. */
export function judge(result: Result): readonly string[] {
  const { answer, effects } = result;
  if (answer.statusCode !== 200) return [`status ${answer.statusCode}`];
  return [
    ...answerProblems(result),
    ...foreignEffects(result),
    ...effects.events.flatMap((event) => (event.type === 'fault' ? [`fault ${JSON.stringify(event)}`] : [])),
    ...effects.events
      .map((event) => JSON.stringify(event))
      .filter((line) => secret.test(line))
      .map((line) => `a secret is written down: ${line}`),
  ];
}

/** Of tokens, resume keys and the SDP of these inputs. An id that is drawn may have `eyJ` in it, but is shorter. */
const secret = /eyJ[A-Za-z0-9_-]{30}|secret-sdp|[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{32}/;

function answerProblems({ route, text, answer, principal, effects }: Result): readonly string[] {
  if (answer.body === undefined) {
    return answers[route]?.includes('nothing') ? [] : [`${route} was not answered`];
  }
  const parsed = serverMessage.safeParse(JSON.parse(answer.body));
  if (!parsed.success) return [`no message of the reference: ${answer.body}`];
  const message = parsed.data;
  const problems: string[] = [];
  const requestId = 'requestId' in message ? message.requestId : undefined;
  const asked = requestIdIn(text);
  if (requestId !== asked) problems.push(`requestId ${requestId} instead of ${asked}`);
  if (message.type !== 'signal' && /secret-sdp|eyJ[A-Za-z0-9_-]{30}/.test(answer.body))
    problems.push('the answer quotes a secret');
  if (message.type === 'error') {
    const documented = route === '$default' ? ['unknown_action'] : (errorsOf.get(route) ?? []);
    if (![...always, ...documented].includes(message.code))
      problems.push(`${route} refused with ${message.code}`);
    if (message.code === 'internal' || message.code === 'unavailable') problems.push(message.code);
    if (withoutEffect.includes(message.code)) {
      for (const { key } of effects.changed) problems.push(`${message.code}, and ${key} has changed`);
      for (const { to } of effects.posted) problems.push(`${message.code}, and ${to} was told`);
    }
  } else if (!answers[route]?.includes(message.type)) {
    problems.push(`${route} answered with ${message.type}`);
  }
  if (message.type === 'robots') {
    const may = visible[principal.replace('sub-of-', '')] ?? [];
    for (const { robotId } of message.robots)
      if (!may.includes(robotId)) problems.push(`${robotId} was listed`);
  }
  return problems;
}

function requestIdIn(text: string): string | undefined {
  try {
    return withRequestId.safeParse(JSON.parse(text)).data?.requestId;
  } catch {
    return undefined;
  }
}
