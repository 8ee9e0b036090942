import { expect, it } from 'vitest';
import { parseFromRobot } from '../../../console/src/robot/drive-messages.ts';
import { parseToOperator } from '../../../local/demo/peer/drive-channel.ts';

const pose = { type: 'pose', x: 1, y: 2, headingRad: 3, speed: 0, state: 'standing', atMs: 5 };
const member = { sessionId: 's', name: 'operator-1', mode: 'control', sinceAt: 1 };

it.each([pose, { type: 'pong', t: 7 }, { type: 'crew', members: [member] }])(
  'reads what the demo robots say: %j',
  (said) => {
    const text = JSON.stringify(said);
    expect(parseFromRobot(text)).toEqual(said);
    // Both sides have the same idea of it.
    expect(parseToOperator(text)).toEqual(said);
  },
);

it.each([
  '',
  'null',
  '[]',
  '{"type":"pose"}',
  JSON.stringify({ ...pose, x: '1' }),
  JSON.stringify({ ...pose, state: 'up' }),
])('ignores %j', (text) => {
  expect(parseFromRobot(text)).toBeUndefined();
});

it('leaves out of a crew what is no member', () => {
  const said = JSON.stringify({ type: 'crew', members: [member, null, { ...member, mode: 'fly' }] });
  expect(parseFromRobot(said)).toEqual({ type: 'crew', members: [member] });
});
