import type { ServerResponse } from 'node:http';
import { tell } from '../../functions/adapters/powertools/telling.ts';
import type { Overrides } from '../../functions/runtime/dependencies.ts';

type LifeLog = NonNullable<Overrides['lifeLog']>;

/** As many as somebody can have missed who asks a minute late. */
const kept = 2_000;

/** Keeps the last events as the lines that a function would write of them, for `heliograph tail`. */
export function recentEvents(next: LifeLog) {
  const lines: string[] = [];
  const followers = new Set<ServerResponse>();

  const lifeLog: LifeLog = {
    note(event) {
      next.note(event);
      const { level, fields, by } = tell(event);
      const told = level !== undefined;
      if (!told && fields.c === undefined) return;
      const at = Date.now();
      const line = told
        ? {
            level: level.toUpperCase(),
            message: event.type,
            timestamp: new Date(at).toISOString(),
            ...fields,
          }
        : { _aws: { Timestamp: at }, ...fields, code: by };
      const text = `${JSON.stringify(line)}\n`;
      lines.push(text);
      if (lines.length > kept) lines.shift();
      for (const follower of followers) follower.write(text);
    },
  };

  return {
    lifeLog,
    /** Writes what there is, and what follows for as long as the asker stays. */
    serve(response: ServerResponse, { follow }: { readonly follow: boolean }): void {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
      for (const text of lines) response.write(text);
      if (!follow) {
        response.end();
        return;
      }
      response.flushHeaders();
      followers.add(response);
      response.on('close', () => followers.delete(response));
    },
  };
}
