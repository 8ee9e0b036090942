import type { TokenUnavailable } from '../../../client/src/index.ts';

/** Why there was no sign-in, and what to do. */
export function refusalInWords(failure: TokenUnavailable | undefined): string {
  switch (failure?.code) {
    case 'NotAuthorizedException':
      return failure.retryable
        ? 'Too many attempts with a wrong password. Wait a moment, then try again.'
        : 'The user name or the password is wrong. Check both and try again.';
    case 'UserNotFoundException':
      return 'The user name or the password is wrong. Check both and try again.';
    case 'PasswordResetRequiredException':
      return 'The password was reset. Follow the link that was sent to you, then sign in with the new one.';
    case 'UserNotConfirmedException':
      return 'This user is not confirmed yet. Ask who manages the users.';
    case 'InvalidPasswordException':
      return 'The new password is too simple. It needs upper and lower case, a number and a symbol.';
    case 'SOFTWARE_TOKEN_MFA':
    case 'SMS_MFA':
    case 'MFA_SETUP':
    case 'SELECT_MFA_TYPE':
      return 'This user needs a second factor: sign in with your organisation.';
    case undefined:
      return 'Something went wrong here. Reload the page and try again.';
    default:
      return failure?.retryable === true
        ? 'The identity service does not answer at the moment. Try again in a moment.'
        : 'The sign-in was refused. Ask who manages the users.';
  }
}
