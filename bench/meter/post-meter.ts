import { type Forwarder, passOn, startForwarder } from './forwarding.ts';

export type GatewayCall = { readonly method: string; readonly bytes: number };

/** Stands before `@connections`, passes everything on and keeps what was asked. */
export async function startPostMeter(
  managementEndpoint: string,
): Promise<Forwarder & { take(): GatewayCall[] }> {
  const { origin, pathname } = new URL(managementEndpoint);
  let calls: GatewayCall[] = [];
  const forwarder = await startForwarder((request) => {
    calls.push({ method: request.method, bytes: request.body.byteLength });
    return passOn(origin, request);
  });
  return {
    ...forwarder,
    url: `${forwarder.url}${pathname === '/' ? '' : pathname}`,
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}
