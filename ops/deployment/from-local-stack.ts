import * as z from 'zod';
import { asking, OperationFailed } from '../failure.ts';
import type { Deployment } from './deployment.ts';

const localSchema = z.object({
  addresses: z.object({
    gateway: z.string(),
    identity: z.string(),
    region: z.string(),
    userPoolId: z.string(),
    clientIds: z.object({ robots: z.string(), people: z.string() }),
  }),
  environment: z.record(z.string(), z.string()),
});

/** The local stack whose start page is at this address; undefined when something else answers there. */
export async function localDeployment(endpoint: string): Promise<Deployment | undefined> {
  if (!URL.canParse(endpoint)) {
    throw new OperationFailed(
      `AWS_ENDPOINT_URL is no URL: ${endpoint}.`,
      'Give one, such as http://127.0.0.1:4500, or unset it to go to AWS.',
    );
  }
  const url = new URL('/deployment.json', endpoint);
  const response = await asking({ action: 'GET /deployment.json', endpoint }, () =>
    fetch(url, { signal: AbortSignal.timeout(5_000) }).catch((failure: unknown) => {
      throw failure instanceof Error && failure.cause !== undefined ? failure.cause : failure;
    }),
  );
  const parsed = localSchema.safeParse(
    response.ok ? await response.json().catch(() => undefined) : undefined,
  );
  if (!parsed.success) return undefined;
  const { addresses, environment } = parsed.data;
  const { gateway, identity, region, userPoolId, clientIds } = addresses;
  return {
    title: `the local stack at ${url.host}`,
    kind: 'local',
    ...{ region, gateway, identity, userPoolId, clientIds, environment },
    moreClientIds: [],
    managed: undefined,
    eventsUrl: new URL('/events', endpoint).href,
  };
}
