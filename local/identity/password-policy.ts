import { refusals } from './cognito-error.ts';

/** Cognito's default policy, as DescribeUserPool reports it. */
export const passwordPolicy = {
  MinimumLength: 8,
  RequireUppercase: true,
  RequireLowercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
  TemporaryPasswordValidityDays: 7,
};

const required: readonly (readonly [RegExp, string])[] = [
  [/^.{8,}$/s, 'Password not long enough'],
  [/[A-Z]/, 'Password must have uppercase characters'],
  [/[a-z]/, 'Password must have lowercase characters'],
  [/[0-9]/, 'Password must have numeric characters'],
  [/[^A-Za-z0-9]/, 'Password must have symbol characters'],
];

export function assertConformingPassword(password: string): void {
  for (const [pattern, reason] of required) {
    if (!pattern.test(password)) throw refusals.weakPassword(reason);
  }
}
