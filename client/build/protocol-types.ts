import { closeReasons } from '../../protocol/close-reasons.ts';
import { errorCodes } from '../../protocol/error-codes.ts';
import { goAwayCodes } from '../../protocol/go-away-codes.ts';
import { clientMessages, serverMessages } from '../../protocol/messages.ts';
import { spellTypes, spellUnion } from './spell-types.ts';

/** What stands in the package in place of `src/wire/protocol-types.ts`: the same types, of nothing but TypeScript. */
export function protocolTypesText(): string {
  return `export type CloseReason = ${spellUnion(Object.keys(closeReasons))};
export type ErrorCode = ${spellUnion(Object.keys(errorCodes))};
export type GoAwayCode = ${spellUnion(Object.keys(goAwayCodes))};
export type Action = ${spellUnion(Object.keys(clientMessages))};

/** What the server may say, by \`type\`. */
export type ServerMessages = ${spellTypes(serverMessages, 'output')};

/** What a client may say, by \`action\`. */
export type ClientMessages = ${spellTypes(clientMessages, 'input')};
`;
}

/** Does not compile when the spelled-out types (beside it, as `spelled.d.ts`) are not those of the source. */
export function sameTypesText(sourcePath: string): string {
  return `import type * as source from ${JSON.stringify(sourcePath)};
import type * as spelled from './spelled.d.ts';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : { readonly differs: A; readonly from: B };
type Each<A, B> = [keyof A] extends [keyof B] ? { [Key in keyof A]: Same<A[Key], B[Key & keyof B]> } : never;
declare function mustBe<T>(holds: T): void;
declare const server: Each<source.ServerMessages, spelled.ServerMessages>;
declare const client: Each<source.ClientMessages, spelled.ClientMessages>;
mustBe<Record<keyof spelled.ServerMessages, true>>(server);
mustBe<Record<keyof spelled.ClientMessages, true>>(client);
mustBe<Same<source.CloseReason, spelled.CloseReason>>(true);
mustBe<Same<source.ErrorCode, spelled.ErrorCode>>(true);
mustBe<Same<source.GoAwayCode, spelled.GoAwayCode>>(true);
mustBe<Same<source.Action, spelled.Action>>(true);
`;
}
