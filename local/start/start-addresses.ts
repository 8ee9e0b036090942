import type { LocalAddresses } from '../stack/local-stack.ts';

/** The first line of `--json`: its names are a contract. */
export type StartAddresses = { readonly console: string } & LocalAddresses & {
    /** With `--regions 2`: the second gateway, over the same store. */
    readonly secondGateway?: string;
  };
