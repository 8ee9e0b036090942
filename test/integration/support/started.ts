import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const main = fileURLToPath(new URL('../../../local/main.ts', import.meta.url));

const firstLine = z.object({
  console: z.string(),
  gateway: z.string(),
  secondGateway: z.string().optional(),
  identity: z.string(),
  dynamodb: z.string(),
  region: z.string(),
  userPoolId: z.string(),
  clientIds: z.object({ robots: z.string(), people: z.string() }),
});

/** `npm start` as a process of its own, with everything that it prints. */
export type Started = {
  readonly child: ChildProcess;
  /** Standard output and standard error so far. */
  output(): string;
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves when the output matches; rejects when the process ends before. */
  printed(pattern: RegExp): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

export function start(...flags: string[]): Started {
  const child = spawn(process.execPath, [main, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      child.emit('printed');
    });
  }
  // 'close', not 'exit': only then has everything that was printed been read.
  const exit = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  return {
    child,
    output: () => output,
    exit,
    async printed(pattern) {
      while (!pattern.test(output)) {
        const ended = await Promise.race([once(child, 'printed').then(() => false), exit.then(() => true)]);
        if (ended && !pattern.test(output))
          throw new Error(`It ended without printing ${pattern}:\n${output}`);
      }
    },
    async stop(signal = 'SIGINT') {
      child.kill(signal);
      return (await exit).code;
    },
  };
}

/** Started with `--json` and on free ports: the addresses are its first line. */
export async function startJson(
  ...flags: string[]
): Promise<{ started: Started; target: z.infer<typeof firstLine> }> {
  const started = start('--json', '--port', '0', ...flags);
  await started.printed(/^\{.*\}\n/);
  const line = started.output().slice(0, started.output().indexOf('\n'));
  return { started, target: firstLine.parse(JSON.parse(line)) };
}
