import type { Message } from '../../../client/src/index.ts';

type Status = Message<'robotStatus'>;
type Words = { readonly text: string; readonly kind: 'info' | 'good' | 'warn' };

/** What was said before is not known: only what is as young as this is news. */
const youngMs = 10_000;

/**
 * A word about a robot says its state and who drives it; told is what of the two is new. That this page drives
 * is said where it drives. `serverNow`: of the server's clock, ms.
 */
export function createRobotNews(): (
  status: Status,
  here: { readonly serverNow: number; readonly clientId: string | undefined },
) => Words | undefined {
  const known = new Map<string, Status>();
  return (status, { serverNow, clientId }) => {
    const before = known.get(status.robotId);
    known.set(status.robotId, status);
    if (isNewState(before, status, serverNow)) {
      const { robotId, state } = status;
      return { text: `${robotId} is ${state}.`, kind: state === 'online' ? 'good' : 'warn' };
    }
    const { controlledBy } = status;
    const isOwn = controlledBy !== undefined && controlledBy.clientId === clientId;
    return isNewHolder(before, status) && !isOwn ? { text: holderInWords(status), kind: 'info' } : undefined;
  };
}

function isNewState(
  before: Status | undefined,
  { state, sinceAt, controlledBy }: Status,
  serverNow: number,
): boolean {
  if (before === undefined) return serverNow - sinceAt < youngMs && sinceAt > (controlledBy?.sinceAt ?? 0);
  return before.state !== state || before.sinceAt !== sinceAt;
}

function isNewHolder(before: Status | undefined, { controlledBy: now }: Status): boolean {
  const then = before?.controlledBy;
  return before === undefined || then?.clientId !== now?.clientId || then?.sinceAt !== now?.sinceAt;
}

function holderInWords({ robotId, controlledBy }: Status): string {
  if (controlledBy === undefined) return `Nobody drives ${robotId} now.`;
  return `${controlledBy.userName ?? 'Somebody'} drives ${robotId} now.`;
}
