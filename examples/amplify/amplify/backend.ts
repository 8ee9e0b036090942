import { defineBackend } from '@aws-amplify/backend';
import { applyTokenPolicy, SignalingBackend } from '@heliograph/cdk';
import { CfnUserPoolClient, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { auth } from './auth/resource.ts';

const backend = defineBackend({ auth });
const { userPool, userPoolClient, cfnResources } = backend.auth.resources;
const stack = backend.createStack('signaling');

// The page's client stays Amplify's; its tokens live as the policy says, in all three validities and units.
applyTokenPolicy(cfnResources.cfnUserPoolClient);

// Robots have one of their own: they sign in by password, and their refresh tokens live for a year.
const robots = new UserPoolClient(stack, 'Robots', {
  userPool,
  authFlows: { userPassword: true, userSrp: true },
});
const { defaultChild } = robots.node;
if (defaultChild instanceof CfnUserPoolClient) applyTokenPolicy(defaultChild, { for: 'robots' });

const signaling = new SignalingBackend(stack, 'Signaling', {
  userPool,
  userPoolClients: { robots, people: userPoolClient },
  config: {
    // Who signs in by e-mail has a UUID for a name: a robot is named by its group, robot:rover-1.
    identity: { robotIdGroupPrefix: 'robot:' },
  },
});

// In amplify_outputs.json, for the page and the robots.
backend.addOutput({ custom: { heliograph: signaling.outputs } });
