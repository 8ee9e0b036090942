// What Amplify Gen 2's `@aws-amplify/backend` does, as far as examples/amplify uses it: auth in a nested
// stack of its own, further stacks beside it, outputs gathered. Written from its 1.25.1, which has more
// than a thousand packages behind it; `test/infra/packed-amplify.test.ts` says how to run on the real one.
import { App, CfnOutput, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnUserPoolGroup, UserPool } from 'aws-cdk-lib/aws-cognito';

export const defineAuth = (props) => props;

export function defineBackend({ auth }) {
  const app = new App();
  const root = new Stack(app, 'amplify-robots');
  const authStack = new NestedStack(root, 'auth');
  const userPool = new UserPool(authStack, 'amplifyAuth', { signInAliases: { email: auth.loginWith.email } });
  const userPoolClient = userPool.addClient('appClient', { authFlows: { userSrp: true, custom: true } });
  for (const groupName of auth.groups) {
    new CfnUserPoolGroup(authStack, `group${groupName}`, { groupName, userPoolId: userPool.userPoolId });
  }
  const cfnResources = {
    cfnUserPool: userPool.node.defaultChild,
    cfnUserPoolClient: userPoolClient.node.defaultChild,
  };
  process.once('beforeExit', () => app.synth());
  return {
    auth: { resources: { userPool, userPoolClient, cfnResources } },
    createStack: (name) => new NestedStack(root, name),
    addOutput: ({ custom }) =>
      void new CfnOutput(root, 'customOutputs', { value: root.toJsonString(custom) }),
  };
}
