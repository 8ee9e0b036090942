import type { Place } from '../stack/backend.ts';

/** What one thing that happens costs in calls to AWS. */
export type Cost = {
  readonly storeRequests: number;
  readonly posts: number;
  readonly otherGatewayCalls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** What was asked of the store, in the order of the requests. */
  readonly operations: readonly string[];
};

export function costOfCalls({ store, gateway }: ReturnType<Place['take']>): Cost {
  const sum = (of: 'read' | 'write') => store.reduce((units, call) => units + call.units[of], 0);
  const posts = gateway.filter(({ method }) => method === 'POST').length;
  return {
    storeRequests: store.length,
    posts,
    otherGatewayCalls: gateway.length - posts,
    readUnits: sum('read'),
    writeUnits: sum('write'),
    operations: store.map(({ operation }) => operation),
  };
}
