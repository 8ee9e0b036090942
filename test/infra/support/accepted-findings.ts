/** A finding of cdk-nag that stays, where it may occur, and why. Anything else turns the test red, and so does a reason that nothing needs. */
export type AcceptedFinding = {
  /** Logical ids cut to their names. */
  readonly rule: string;
  readonly on: RegExp;
  readonly reason: string;
};

export const acceptedFindings: readonly AcceptedFinding[] = [
  {
    rule: 'AwsSolutions-APIG4',
    on: /\/Signaling\/Api\/[A-Za-z$]+-Route\//,
    reason:
      'The token is verified in $connect, where the pool’s conventions, the revocations and three ways of carrying it are known; API Gateway asks an authorizer at $connect alone. Every message is checked against the stored identity.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<SignalingApi>/v1/*/@connections/*]',
    on: /\/Functions\/[A-Z][a-z]+\/Role\/DefaultPolicy\//,
    reason: 'Connection ids are not known before somebody connects. API, stage and method are named.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<FunctionsCleanupFunction.Arn>:*]',
    on: /\/SchedulerRoleForTarget-/,
    reason: 'The CDK lets a schedule invoke the versions of its one function, too.',
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    on: /\/ApiGatewayLogRole\/Role\//,
    reason:
      'The role of the account, not of this API: AWS documents this policy for it. `apiGatewayLogRole: existing` makes none.',
  },
  {
    rule: 'AwsSolutions-COG2',
    on: /\/Identity\/UserPool\//,
    reason:
      'A robot has nobody to type a second factor. People may set one up; whoever wants to require it brings a pool.',
  },
  {
    rule: 'AwsSolutions-COG8',
    on: /\/Identity\/UserPool\//,
    reason: 'The Plus plan is paid for by the user, robots included. It can be switched on at the pool.',
  },
  {
    rule: 'AwsSolutions-DDB3',
    on: /-Store\/[A-Za-z]+\/Table\//,
    reason:
      'Rows live for minutes to days and are made again by whoever reconnects: there is nothing to restore.',
  },
  {
    rule: 'AwsSolutions-SQS3',
    on: /\/Undelivered\/Queue\//,
    reason: 'It is the dead letter queue.',
  },
  {
    rule: 'Serverless-SQSRedrivePolicy',
    on: /\/Undelivered\/Queue\//,
    reason: 'It is the dead letter queue.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    on: /\/Functions\/[A-Z][a-z]+\/Function\//,
    reason:
      'What is called with an event (cleanup, revocation) has a destination for failures, which the rule does not see; the others answer a caller, who hears of the failure.',
  },
  {
    rule: 'Serverless-LambdaTracing',
    on: /\/Functions\/[A-Z][a-z]+\/Function\//,
    reason:
      'A trace for each signal would cost more than the relay of it, and the X-Ray SDK is in maintenance.',
  },
];
