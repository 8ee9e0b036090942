import * as z from 'zod';

const schema = z.object({
  requestContext: z.object({ connectionId: z.string() }),
  headers: z.record(z.string(), z.string()).nullish(),
  body: z.string().nullish(),
});

const frame = z.looseObject({ action: z.string(), requestId: z.string().optional() });

/** What the baselines read of an event: no more checking than such systems do. */
export function readEvent(event: unknown) {
  const { requestContext, headers, body } = schema.parse(event);
  return {
    connectionId: requestContext.connectionId,
    bearer: Object.entries(headers ?? {})
      .find(([name]) => name.toLowerCase() === 'authorization')?.[1]
      .replace(/^Bearer /, ''),
    message: body === undefined || body === null ? undefined : frame.parse(JSON.parse(body)),
  };
}

export const done = { statusCode: 200 };
