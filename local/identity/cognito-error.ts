/** The error names this service answers with: Cognito's own, as the AWS SDKs model them. */
export type CognitoErrorName =
  | 'ForbiddenException'
  | 'GroupExistsException'
  | 'InternalErrorException'
  | 'InvalidParameterException'
  | 'InvalidPasswordException'
  | 'LimitExceededException'
  | 'NotAuthorizedException'
  | 'PasswordResetRequiredException'
  | 'RefreshTokenReuseException'
  | 'RequestEntityTooLargeException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'ServiceUnavailableException'
  | 'TooManyRequestsException'
  | 'UnauthorizedException'
  | 'UnknownOperationException'
  | 'UnsupportedTokenTypeException'
  | 'UserNotConfirmedException'
  | 'UserNotFoundException'
  | 'UsernameExistsException';

/** Cognito answers 400 to nearly everything that a caller did wrong, throttling included. */
export function httpStatusOf(name: CognitoErrorName): number {
  switch (name) {
    case 'InternalErrorException':
      return 500;
    case 'ServiceUnavailableException':
      return 503;
    case 'RequestEntityTooLargeException':
      return 413;
    default:
      return 400;
  }
}

/** A refusal in Cognito's words. Thrown by operations, turned into a reply at the HTTP edge only. */
export class CognitoError extends Error {
  override readonly name: CognitoErrorName;

  constructor(name: CognitoErrorName, message: string) {
    super(message);
    this.name = name;
  }
}

const notAuthorized = (message: string) => new CognitoError('NotAuthorizedException', message);
const invalidParameter = (message: string) => new CognitoError('InvalidParameterException', message);

/**
 * The texts matter as much as the names: Cognito tells the reasons of a NotAuthorizedException apart by its
 * message alone (https://github.com/aws-amplify/amplify-android/pull/3382), and clients match on it.
 */
export const refusals = {
  /** One answer for a wrong password and an unknown user (PreventUserExistenceErrors: ENABLED). */
  // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
  wrongPassword: () => notAuthorized('Incorrect username or password.'),
  // https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-flow-lockout-behavior
  passwordAttemptsExceeded: () => notAuthorized('Password attempts exceeded'),
  // https://github.com/aws-amplify/amplify-js/issues/5503
  userDisabled: () => notAuthorized('User is disabled.'),
  // https://github.com/aws/aws-sdk-cpp/issues/1789 shows the whole reply, with the full stop.
  invalidRefreshToken: () => notAuthorized('Invalid Refresh Token.'),
  // https://github.com/aws-amplify/amplify-swift/issues/3344
  refreshTokenRevoked: () => notAuthorized('Refresh Token has been revoked'),
  // https://github.com/aws-amplify/amplify-swift/issues/3496
  refreshTokenExpired: () => notAuthorized('Refresh Token has expired'),
  // The name is documented, the text is ours:
  // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
  refreshTokenReused: () =>
    new CognitoError('RefreshTokenReuseException', 'Refresh token has been invalidated by rotation'),
  invalidAccessToken: () => notAuthorized('Invalid Access Token'),
  accessTokenExpired: () => notAuthorized('Access Token has expired'),
  // https://github.com/aws-amplify/amplify-js/issues/2205
  accessTokenRevoked: () => notAuthorized('Access Token has been revoked'),
  // https://github.com/aws-amplify/amplify-js/issues/6461
  invalidChallengeSession: () => notAuthorized('Invalid session for the user.'),
  challengeSessionExpired: () => notAuthorized('Invalid session for the user, session is expired.'),
  // https://github.com/aws-amplify/amplify-flutter/issues/740
  unknownClient: (clientId: string) =>
    new CognitoError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`),
  // https://github.com/aws/aws-aspnet-cognito-identity-provider/issues/135
  unknownPool: (userPoolId: string) =>
    new CognitoError('ResourceNotFoundException', `User pool ${userPoolId} does not exist.`),
  unknownGroup: () => new CognitoError('ResourceNotFoundException', 'Group not found.'),
  unknownUser: () => new CognitoError('UserNotFoundException', 'User does not exist.'),
  userExists: () => new CognitoError('UsernameExistsException', 'User account already exists'),
  groupExists: () => new CognitoError('GroupExistsException', 'A group with the name already exists.'),
  weakPassword: (reason: string) =>
    new CognitoError('InvalidPasswordException', `Password did not conform with policy: ${reason}`),
  // https://github.com/floci-io/floci/pull/3974
  flowNotEnabled: (flow: string) => invalidParameter(`${flow} flow not enabled for this client`),
  adminFlowNotEnabled: () => invalidParameter('Auth flow not enabled for this client'),
  // https://github.com/soto-project/soto-cognito-authentication-kit/issues/10
  flowNotSupported: () => invalidParameter('Initiate Auth method not supported.'),
  missingParameter: (name: string) => invalidParameter(`Missing required parameter ${name}`),
  invalidPaginationToken: () => invalidParameter('Invalid pagination token.'),
  invalidFilter: () =>
    invalidParameter(
      'Error while parsing filter. It has the form: attribute = "value", or ^= for a value that begins so.',
    ),
};
