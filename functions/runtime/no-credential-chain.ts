/**
 * Stands in for the SDK's default credential chain in the bundles (`lib/constructs/bundling.ts`):
 * a function is given its credentials from the environment (`credentials.ts`), and the chain, with
 * the clients of four sign-in services behind it, would be a fifth of each bundle.
 */
export function defaultProvider(): () => Promise<never> {
  return () =>
    Promise.reject(
      new Error(
        'No credentials: a client was made without those of the environment. Pass them when it is made.',
      ),
    );
}
