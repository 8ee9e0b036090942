import { runUnderFaults } from '../../integration/support/fault-run/fault-run.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;

const calmPairs = 4;

/**
 * The same in true time, on the local stack and over real sockets: tokens of an hour, connections that roll over before
 * their two hours, and nothing shortened. Few, so that the machine is not what fails; and some are left in peace, for
 * who is cut each quarter of an hour never has a connection that is two hours old.
 */
export async function soakForReal(of: { readonly forMs: number; readonly seed: number }) {
  const run = await runUnderFaults({
    ...of,
    pairs: 10,
    calmPairs,
    stack: { tokenTtlMs: hourMs },
    heartbeat: { pingMs: 20_000, pongWithinMs: 10_000 },
    hitEveryMs: [8 * minuteMs, 20 * minuteMs],
    signalEveryMs: 20_000,
    identityFails: 0.1,
  });
  const lived = Math.floor(of.forMs / hourMs);
  const calm = run.peers.slice(0, 2 * calmPairs);
  const failures = [
    ...run.wrongs,
    ...calm.flatMap(({ name, story: { refreshes, rollOvers, returns } }) => {
      const isAsDue = refreshes >= lived && rollOvers >= Math.floor(lived / 2) && returns === 0;
      return isAsDue
        ? []
        : [`${name}, left in peace: ${refreshes} refreshes, ${rollOvers} roll-overs, ${returns} losses`];
    }),
    ...run.ways.flatMap(({ name, sent, heard }) => {
      const isWhole = heard.length === sent && heard.every((seq, at) => seq === at + 1);
      return isWhole ? [] : [`${name}: ${sent} were sent, ${heard.length} heard`];
    }),
  ];
  return { summary: run.summary, failures };
}
