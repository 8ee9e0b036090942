import type { PrincipalId } from '../../../protocol/ids.ts';
import type { RevocationStore } from '../../core/ports/revocation-store.ts';
import { called, type MemoryState } from './memory-state.ts';

export function memoryRevocationStore({ revoked, revokedSignIns }: MemoryState): RevocationStore {
  const raise = (principalId: PrincipalId, until: 'signInsUntil' | 'tokensUntil', at: number) =>
    called(() => {
      const before = revoked.get(principalId);
      revoked.set(principalId, { ...before, [until]: Math.max(before?.[until] ?? at, at) });
    });

  return {
    of: ({ principalId, originJti }) =>
      called(() => ({
        ...revoked.get(principalId),
        signInRevoked: originJti !== undefined && revokedSignIns.has(nameOf(principalId, originJti)),
      })),

    revokeSignInsUntil: (principalId, { at }) => raise(principalId, 'signInsUntil', at),

    revokeTokensUntil: (principalId, { at }) => raise(principalId, 'tokensUntil', at),

    revokeSignIn: ({ principalId, originJti }) =>
      called(() => void revokedSignIns.add(nameOf(principalId, originJti))),
  };
}

function nameOf(principalId: PrincipalId, originJti: string): string {
  return JSON.stringify([principalId, originJti]);
}
