/**
 * What cannot be shown on an emulator, and why. A case of the integration suite that needs it names
 * it (`itUnless`), is skipped there and runs on the local stack; `run.ts` prints which were skipped.
 * Found by trying, on MiniStack 1.5.33.
 */
export type Difference = {
  readonly name: string;
  /** What one sees there, where AWS does otherwise. */
  readonly what: string;
  readonly reason: string;
};

export const differences: readonly Difference[] = [
  {
    name: 'local-only',
    what: 'Clocks cannot be set, calls not be counted, faults not be put in, logs of the functions not be read.',
    reason:
      'These cases reach into the process of the local stack; an emulator runs the functions in its own.',
  },
  {
    name: 'handshake-status',
    what: 'A refused handshake is always 403 without a body; so is one whose function threw (502 on AWS).',
    reason: 'Its gateway closes the socket before it accepts it, which its web server answers with 403.',
  },
  {
    name: 'subprotocol-echo',
    what: 'A client that offers a subprotocol fails: the one that $connect returns is not sent.',
    reason: 'Its gateway accepts the socket without the headers that the function returned.',
  },
  {
    name: 'query-token-off',
    what: '`?token=` is refused.',
    reason: 'No fault of an emulator: the stacks are deployed as they are by default, and that is off.',
  },
  {
    name: 'size-limits',
    what: 'Frames above 32 KB, messages above 128 KB and binary frames reach the function instead of closing with 1009 and 1003.',
    reason: 'Its gateway measures nothing and reads binary frames as text.',
  },
  {
    name: 'lifecycle-actions',
    what: 'A message whose action is `$connect` or `$disconnect` reaches that route, not `$default`.',
    reason: 'Its gateway looks for the action among all routes, those of the life cycle included.',
  },
  {
    name: 'mock-reply',
    what: '`ping` gets no answer.',
    reason:
      'Its CloudFormation knows neither AWS::ApiGatewayV2::RouteResponse nor IntegrationResponse: the stack is deployed without them. The template tests hold the text.',
  },
  {
    name: 'concurrent-messages',
    what: 'Messages of one connection run one after the other.',
    reason: 'Its gateway waits for the function before it reads the next frame.',
  },
  {
    name: 'thrown-error-text',
    what: 'When a function throws, the client gets the text of the error, not {"message":"Internal server error"}.',
    reason: "Its gateway sends the worker's error as the answer.",
  },
  {
    name: 'socket-age',
    what: 'Sockets are cut neither after 10 idle minutes nor after 2 hours.',
    reason: 'Its gateway has no timers, and a test could not wait.',
  },
  {
    name: 'get-connection',
    what: 'GetConnection gives no fields.',
    reason: 'It writes ConnectedAt, in seconds, where AWS writes connectedAt in ISO 8601.',
  },
  {
    name: 'console-stack',
    what: 'The console is not deployed: its stack waits for ever. Template tests hold its bucket, headers and policy of content, and the browser tests the same build with the same headers, served by `npm start`.',
    reason:
      "The CDK's BucketDeployment puts the files there by a function in Python with boto3 and the AWS CLI in a layer; the emulator runs it on its own Python, which has neither, and then its CloudFormation gets no answer.",
  },
  {
    name: 'short-lives',
    what: 'Nothing that waits for an expiry can be shown: tokens live 5 minutes at least, the cleanup runs once a minute.',
    reason:
      'These are the limits of Cognito and of EventBridge Scheduler, which the deployed configuration keeps to.',
  },
];
