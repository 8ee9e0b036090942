import { defineBackend } from '@aws-amplify/backend';
import { applyTokenPolicy, SignalingBackend } from '@heliograph/cdk';
import { auth } from './auth/resource.ts';

const backend = defineBackend({ auth });
const { userPool, userPoolClient, cfnResources } = backend.auth.resources;

// One app client for robots and people: its tokens live as the policy says, in all three validities and units.
applyTokenPolicy(cfnResources.cfnUserPoolClient, { for: 'robots' });

const signaling = new SignalingBackend(backend.createStack('signaling'), 'Signaling', {
  userPool,
  userPoolClients: { robots: userPoolClient, people: userPoolClient },
  config: {
    // Who signs in by e-mail has a UUID for a name: a robot is named by its group, robot:rover-1.
    identity: { robotIdGroupPrefix: 'robot:' },
  },
});

// In amplify_outputs.json, for the page and the robots.
backend.addOutput({ custom: { heliograph: signaling.outputs } });
