import type { Clock } from '../../core/ports/clock.ts';

/** Gives a secret as it is now. @throws {DependencyUnavailable} */
export type SecretSource = () => Promise<string>;

export type CachedSecretOptions = {
  readonly read: SecretSource;
  /** How long a secret is taken for the current one. A new one is in use after this at the latest. */
  readonly keepMs: number;
  readonly clock: Clock;
};

/**
 * Reads a secret once for all who ask while it is being read and for some time after. A failure is
 * kept for nobody but those who wait for it, and an old secret is no answer to one: the server may
 * have forgotten it.
 */
export function cachedSecret({ read, keepMs, clock }: CachedSecretOptions): SecretSource {
  let kept: { readonly secret: Promise<string>; readonly until: number } | undefined;
  return () => {
    const now = clock.now();
    if (kept !== undefined && now < kept.until) return kept.secret;
    const entry = { secret: read(), until: now + keepMs };
    kept = entry;
    entry.secret.catch(() => {
      if (kept === entry) kept = undefined;
    });
    return entry.secret;
  };
}
