import type { Fetched } from './setup.ts';

const timeoutMs = 10_000;

/** One GET. Status 0 when nobody answers. */
export async function fetchJson(url: string): Promise<Fetched> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    return { status: 0, at: undefined, body: undefined };
  }
  const at = Date.parse(response.headers.get('date') ?? '');
  const body: unknown = await response.json().catch(() => undefined);
  return { status: response.status, at: Number.isNaN(at) ? undefined : at, body };
}
