import type * as z from 'zod';
import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { GoAwayCode } from '../../../protocol/go-away-codes.ts';
import type { clientMessages, serverMessages, Action as WireAction } from '../../../protocol/messages.ts';

export type { CloseReason, ErrorCode, GoAwayCode };
export type Action = WireAction;

/** The protocol's ids are branded by its parsers; an application has them as plain strings. What is optional is absent, never undefined. */
type Plain<T> = T extends string
  ? T extends { readonly [z.$brand]: unknown }
    ? string
    : T
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { readonly [Key in keyof T as Key extends string ? Key : never]: Plain<Exclude<T[Key], undefined>> }
      : T;

/** What the server may say, by `type`. */
export type ServerMessages = {
  [Type in keyof typeof serverMessages]: Plain<z.infer<(typeof serverMessages)[Type]>>;
};

/** What a client may say, by `action`. */
export type ClientMessages = { [Name in Action]: Plain<z.input<(typeof clientMessages)[Name]>> };
