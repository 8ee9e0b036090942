import type { LocalStack } from '../../../local/stack/local-stack.ts';
import type { LocalStackOptions } from '../../../local/stack/options.ts';
import { startConsoleServer } from '../../../local/start/console-server.ts';
import { recentEvents } from '../../../local/start/recent-events.ts';
import { main } from '../../../ops/cli/main.ts';
import { startTestStack } from './target.ts';

export type Result = { readonly code: number; readonly out: string; readonly err: string };

export type Operated = {
  readonly stack: LocalStack;
  /** Of the start page. */
  readonly url: string;
  /** Runs the command against it, as `AWS_ENDPOINT_URL` leads there. */
  call(args: readonly string[], more?: { env?: Record<string, string>; stop?: AbortSignal }): Promise<Result>;
  /** The same, with what `--json` prints. */
  json(args: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
};

/** A local stack with its start page, as `npm start` has them, and the command. */
export async function startOperated(
  options: Partial<LocalStackOptions> = {},
  /** What the functions are told otherwise than is true: a fault to be found. */
  told: (environment: Readonly<Record<string, string>>) => Readonly<Record<string, string>> = (all) => all,
): Promise<Operated> {
  const events = recentEvents({ note: () => undefined });
  const page = await startConsoleServer({ port: 0, serveEvents: events.serve });
  const stack = await startTestStack(options, { lifeLog: events.lifeLog });
  page.show({
    addresses: { console: page.url, ...stack.addresses },
    act: async () => false,
    environment: told(stack.environment),
  });

  const call: Operated['call'] = async (args, { env = {}, stop = new AbortController().signal } = {}) => {
    const written = { out: '', err: '' };
    const code = await main(args, {
      env: { AWS_ENDPOINT_URL: page.url, ...env },
      streams: {
        out: (text) => {
          written.out += text;
        },
        err: (text) => {
          written.err += text;
        },
        colours: false,
      },
      stop,
      now: () => Date.now(),
    });
    return { code, ...written };
  };

  return {
    stack,
    url: page.url,
    call,
    async json(args) {
      const { code, out, err } = await call(['--json', ...args]);
      if (code !== 0) throw new Error(`heliograph ${args.join(' ')} ended with ${code}: ${err}${out}`);
      return JSON.parse(out);
    },
    async close() {
      await page.close();
      await stack.close();
    },
  };
}
