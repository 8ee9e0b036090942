import type { GatewayRoute } from '../../local/gateway/gateway.ts';

/** One invocation of a handler. */
export type Invocation = { readonly routeKey: string; readonly tookMs: number };

export type RouteWatch = {
  watched(routes: ReadonlyMap<string, GatewayRoute>): ReadonlyMap<string, GatewayRoute>;
  /** The next invocation of the route that ends from now on. */
  next(routeKey: string): Promise<Invocation>;
  /** Resolves when no invocation is under way, nor of what was just sent. */
  quiet(): Promise<void>;
  /** Resolves when none of those that have begun is under way any more: at once, where none is. */
  done(): Promise<void>;
};

/** Takes the time of each invocation, from the gateway's call to the handler's answer. */
export function routeWatch(): RouteWatch {
  const waiting = new Map<string, ((invocation: Invocation) => void)[]>();
  const quietOnes: (() => void)[] = [];
  let underWay = 0;

  const ended = (invocation: Invocation) => {
    underWay -= 1;
    for (const tell of waiting.get(invocation.routeKey) ?? []) tell(invocation);
    waiting.delete(invocation.routeKey);
    if (underWay === 0) for (const tell of quietOnes.splice(0)) tell();
  };
  const done = async (): Promise<void> => {
    if (underWay > 0) await new Promise<void>((resolve) => quietOnes.push(resolve));
  };
  return {
    watched: (routes) =>
      new Map(
        [...routes].map(([routeKey, route]): [string, GatewayRoute] => {
          const { integration } = route;
          if (integration.type === 'mock') return [routeKey, route];
          const invoke = async (event: unknown, context: unknown) => {
            underWay += 1;
            const startedAt = performance.now();
            try {
              return await integration.invoke(event, context);
            } finally {
              ended({ routeKey, tookMs: performance.now() - startedAt });
            }
          };
          return [routeKey, { ...route, integration: { type: 'lambda', invoke } }];
        }),
      ),
    next: (routeKey) =>
      new Promise((resolve) => waiting.set(routeKey, [...(waiting.get(routeKey) ?? []), resolve])),
    async quiet() {
      // What was just sent has not reached the gateway yet.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await done();
    },
    done,
  };
}
