import { randomBytes } from 'node:crypto';
import type { EnrolmentFields } from '../../client/src/node/cli/enrolment.ts';

/** What `heliograph-robot login --code` reads: text without spaces, to be copied as it is. */
export function enrolmentCode(fields: EnrolmentFields): string {
  return `hg1.${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
}

/** 144 random bits, and one of each kind of character that the pool asks for. */
export function newPassword(): string {
  return `${randomBytes(18).toString('base64url')}-aA1!`;
}
