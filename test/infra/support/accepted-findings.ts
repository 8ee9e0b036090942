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
    on: /\/Functions\/[A-Z][a-z]+\/Function\/|-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'What is called with an event (cleanup, revocation) has a destination for failures, which the rule does not see; the others answer a caller, who hears of the failure.',
  },
  {
    rule: 'Serverless-LambdaTracing',
    on: /\/Functions\/[A-Z][a-z]+\/Function\/|-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'A trace for each signal would cost more than the relay of it, and the X-Ray SDK is in maintenance.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<PeerRegion>:<AWS::AccountId>:<Peer>/v1/*/@connections/*]',
    on: /\/Functions\/[A-Z][a-z]+\/Role\/DefaultPolicy\//,
    reason:
      'As in the own region: connection ids are not known before. Region, API, stage and method are named.',
  },
  {
    rule: 'AwsSolutions-CFR1',
    on: /^(Edge\/Edge|Heliograph-nag-Console\/Site)\/Distribution\//,
    reason:
      'Robots and people are wherever they are. Who wants to keep countries out adds it to `distribution`.',
  },
  {
    rule: 'AwsSolutions-CFR3',
    on: /^(Edge\/Edge|Heliograph-nag-Console\/Site)\/Distribution\//,
    reason:
      'Handshakes are in the access log of the API, and what the web ACL turns away in its metrics. The console is a public page: who asks for it is logged nowhere, on purpose.',
  },
  {
    rule: 'AwsSolutions-CFR2',
    on: /-Console\/Site\/Distribution\//,
    reason:
      'A static page, the same for everybody, with no origin that could be harmed. WAF is for the API: `SignalingEdge`.',
  },
  {
    rule: 'AwsSolutions-CFR4',
    on: /-Console\/Site\/Distribution\//,
    reason:
      'It is under CloudFront’s own name, whose certificate leaves the lowest TLS version to CloudFront; `minimumProtocolVersion` is in force with a certificate of your own.',
  },
  {
    rule: 'AwsSolutions-S1',
    on: /-Console\/Site\/Files\//,
    reason: 'The files of a public page, read by CloudFront alone.',
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:Abort*]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'The CDK’s own function that copies the page, which runs while a deployment does: from the bucket of assets to the bucket of the page.',
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:DeleteObject*]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'The CDK’s own function that copies the page, which runs while a deployment does: from the bucket of assets to the bucket of the page.',
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:GetBucket*]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'The CDK’s own function that copies the page, which runs while a deployment does: from the bucket of assets to the bucket of the page.',
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:GetObject*]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'The CDK’s own function that copies the page, which runs while a deployment does: from the bucket of assets to the bucket of the page.',
  },
  {
    rule: 'AwsSolutions-IAM5[Action::s3:List*]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'The CDK’s own function that copies the page, which runs while a deployment does: from the bucket of assets to the bucket of the page.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<SiteFiles.Arn>/*]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'The CDK’s own function that copies the page, which runs while a deployment does: from the bucket of assets to the bucket of the page.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'The CDK’s own function that copies the page, which runs while a deployment does: from the bucket of assets to the bucket of the page.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason:
      'The same function: the CDK gives it CreateInvalidation and GetInvalidation on every distribution.',
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason: 'The same function: the CDK gives it AWS’s policy for writing logs.',
  },
  {
    rule: 'AwsSolutions-L1',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason: 'The same function: its runtime is the CDK’s to choose.',
  },
  {
    rule: 'Serverless-LambdaLatestVersion',
    on: /-Console\/Custom::CDKBucketDeployment[0-9A-F]+\//,
    reason: 'The same function: its runtime is the CDK’s to choose.',
  },
  {
    rule: 'Serverless-SNSRedrivePolicy',
    on: /-Operations\/Alarms\/Topic\//,
    reason:
      'A mail that cannot be delivered says nothing new when it comes later: the alarm is on the dashboard as long as it lasts.',
  },
];
