import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { pongText } from '../../../protocol/messages/from-server/heartbeat.ts';
import { type Action, clientMessages, serverMessage, serverMessages } from '../../../protocol/messages.ts';
import { replies } from '../../../protocol/replies.ts';
import {
  clientExamples,
  serverExamples,
  wrongClientMessages,
  wrongServerMessages,
} from './support/examples.ts';

const actions = Object.keys(clientMessages) as Action[];
const types = Object.keys(serverMessages) as (keyof typeof serverMessages)[];

describe.each(actions)('the client message %s', (action) => {
  const schema = clientMessages[action];
  const example = clientExamples[action];

  it('accepts its example, whole and with as little as it may have', () => {
    expect(schema.parse(example.full)).toEqual(example.full);
    expect(schema.parse(example.least)).toEqual(example.least);
  });

  it('needs every field of the least one', () => {
    for (const field of Object.keys(example.least)) {
      const { [field]: _, ...rest }: Record<string, unknown> = example.least;
      expect(schema.safeParse(rest).success, `without ${field}`).toBe(false);
    }
  });

  it('ignores fields that it does not know', () => {
    expect(schema.parse({ ...example.full, somethingNewer: { deep: 1 } })).toEqual(example.full);
  });

  it('refuses another action', () => {
    expect(schema.safeParse({ ...example.full, action: 'other' }).success).toBe(false);
    expect(schema.safeParse({ ...example.full, action: action.toUpperCase() }).success).toBe(false);
  });

  it.each([
    ['empty', ''],
    ['of 65 characters', 'x'.repeat(65)],
    ['a number', 1],
    ['null', null],
  ])('refuses a requestId that is %s', (_what, requestId) => {
    expect(schema.safeParse({ ...example.full, requestId }).success).toBe(false);
  });

  it('takes a requestId of 64 characters', () => {
    expect(schema.safeParse({ ...example.full, requestId: 'x'.repeat(64) }).success).toBe(true);
  });

  it('is described, for the reference page, with what answers it', () => {
    expect(z.globalRegistry.get(schema)?.description).toMatch(/\w+/);
    expect(replies[action].answer).toMatch(/\w+/);
  });
});

describe('a client message with a wrong field is refused, and the field is named', () => {
  it.each(wrongClientMessages)('$action: $field = $value', ({ action, field, value }) => {
    const parsed = clientMessages[action].safeParse({ ...clientExamples[action].full, [field]: value });
    expect(parsed.error?.issues[0]?.path[0]).toBe(field);
  });
});

describe.each(types)('the server message %s', (type) => {
  const example = serverExamples[type];

  it('accepts its example, whole and with as little as it may have', () => {
    for (const message of [example.full, example.least]) {
      expect(serverMessages[type].parse(message)).toEqual(message);
      expect(serverMessage.parse(message)).toEqual(message);
      expect(serverMessage.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
    }
  });

  it('needs every field of the least one', () => {
    for (const field of Object.keys(example.least)) {
      const { [field]: _, ...rest }: Record<string, unknown> = example.least;
      expect(serverMessages[type].safeParse(rest).success, `without ${field}`).toBe(false);
    }
  });

  it('is described for the reference page', () => {
    expect(z.globalRegistry.get(serverMessages[type])?.description).toMatch(/\w+/);
  });
});

describe('a server message with a wrong field is refused', () => {
  it.each(wrongServerMessages)('$type: $field = $value', ({ type, field, value }) => {
    expect(serverMessage.safeParse({ ...serverExamples[type].full, [field]: value }).success).toBe(false);
  });
});

it('the text of the mock integration is a pong', () => {
  expect(serverMessage.parse(JSON.parse(pongText))).toEqual({ type: 'pong' });
});

it('a message of no type is refused', () => {
  for (const wrong of [{}, { type: 'unknown' }, null, [], 'pong', { type: 1 }]) {
    expect(serverMessage.safeParse(wrong).success).toBe(false);
  }
});
