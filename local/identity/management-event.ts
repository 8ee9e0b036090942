import { randomUUID } from 'node:crypto';
import { localAccountId } from './local-account.ts';

type CallOnUser =
  | 'AdminCreateUser'
  | 'AdminDeleteUser'
  | 'AdminDisableUser'
  | 'AdminEnableUser'
  | 'AdminSetUserPassword'
  | 'AdminUserGlobalSignOut';
type CallOnMembership = 'AdminAddUserToGroup' | 'AdminRemoveUserFromGroup';
type CallOnOneself = 'DeleteUser' | 'GlobalSignOut';

/** What an operation says of its success. There is no room in it for a name, a password or a token. */
export type ManagementChange =
  | { eventName: CallOnUser | CallOnOneself; sub: string }
  | { eventName: CallOnMembership; sub: string; groupName: string }
  | { eventName: 'RevokeToken'; sub: string; clientId: string }
  | { eventName: 'DeleteGroup'; groupName: string };

// What CloudTrail writes in place of a value; https://github.com/aws-amplify/amplify-js/issues/10374 shows an event.
const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';
type Hidden = typeof hidden;

/**
 * A call of Cognito's management API as EventBridge delivers it to a rule on «AWS API Call via CloudTrail».
 * https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html
 */
export type ManagementEvent = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'AWS API Call via CloudTrail';
  readonly source: 'aws.cognito-idp';
  readonly account: string;
  /** ISO 8601 in whole seconds, cut and not rounded; the same as `eventTime`. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly eventVersion: '1.08';
    readonly eventTime: string;
    readonly eventSource: 'cognito-idp.amazonaws.com';
    readonly eventName: ManagementChange['eventName'];
    readonly awsRegion: string;
    readonly sourceIPAddress: string;
    readonly responseElements: null;
    readonly requestID: string;
    readonly eventID: string;
    readonly readOnly: false;
    readonly eventType: 'AwsApiCall';
    readonly managementEvent: true;
    readonly recipientAccountId: string;
    readonly eventCategory: 'Management';
  } & CallDetail;
};

type CallDetail = {
  readonly userIdentity:
    | { readonly type: 'Unknown'; readonly principalId: 'Anonymous' }
    | {
        readonly type: 'IAMUser';
        readonly principalId: string;
        readonly arn: string;
        readonly accountId: string;
      };
  readonly requestParameters: {
    readonly userPoolId?: string;
    readonly username?: Hidden;
    readonly groupName?: string;
    readonly accessToken?: Hidden;
    readonly token?: Hidden;
    readonly clientId?: string;
  };
  /** Whom the call was about. The pool stands here when the request names none: a token was its authority. */
  readonly additionalEventData?: { readonly sub: string; readonly userPoolId?: string };
};

const administrator = {
  type: 'IAMUser',
  principalId: 'AIDALOCALADMINISTRATOR',
  arn: `arn:aws:iam::${localAccountId}:user/local`,
  accountId: localAccountId,
} as const;
const anonymous = { type: 'Unknown', principalId: 'Anonymous' } as const;

/** `now` is Unix milliseconds by the service's clock. */
export function managementEventOf(
  change: ManagementChange,
  pool: { region: string; userPoolId: string; now: number },
): ManagementEvent {
  const time = `${new Date(pool.now).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.cognito-idp',
    account: localAccountId,
    time,
    region: pool.region,
    resources: [],
    detail: {
      eventVersion: '1.08',
      eventTime: time,
      eventSource: 'cognito-idp.amazonaws.com',
      eventName: change.eventName,
      awsRegion: pool.region,
      sourceIPAddress: '127.0.0.1',
      ...callDetailOf(change, pool.userPoolId),
      responseElements: null,
      requestID: randomUUID(),
      eventID: randomUUID(),
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: localAccountId,
      eventCategory: 'Management',
    },
  };
}

function callDetailOf(change: ManagementChange, userPoolId: string): CallDetail {
  switch (change.eventName) {
    case 'AdminCreateUser':
    case 'AdminDeleteUser':
    case 'AdminDisableUser':
    case 'AdminEnableUser':
    case 'AdminSetUserPassword':
    case 'AdminUserGlobalSignOut':
      return {
        userIdentity: administrator,
        requestParameters: { userPoolId, username: hidden },
        additionalEventData: { sub: change.sub },
      };
    case 'AdminAddUserToGroup':
    case 'AdminRemoveUserFromGroup':
      return {
        userIdentity: administrator,
        requestParameters: { userPoolId, username: hidden, groupName: change.groupName },
        additionalEventData: { sub: change.sub },
      };
    case 'DeleteGroup':
      return {
        userIdentity: administrator,
        requestParameters: { groupName: change.groupName, userPoolId },
      };
    case 'DeleteUser':
    case 'GlobalSignOut':
      return {
        userIdentity: anonymous,
        requestParameters: { accessToken: hidden },
        additionalEventData: { sub: change.sub, userPoolId },
      };
    case 'RevokeToken':
      return {
        userIdentity: anonymous,
        requestParameters: { token: hidden, clientId: change.clientId },
        additionalEventData: { sub: change.sub, userPoolId },
      };
  }
}
