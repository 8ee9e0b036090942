export {
  configJsonSchema,
  type HeliographConfig,
  type HeliographSettings,
  parseSettings,
} from '../../lib/config.ts';
export {
  type ExistingClients,
  SignalingBackend,
  type SignalingBackendProps,
  type SignalingOutputs,
} from '../../lib/signaling-backend.ts';
export { SignalingEdge, type SignalingEdgeProps } from '../../lib/signaling-edge.ts';
export { type ApplyTokenPolicyOptions, applyTokenPolicy } from '../../lib/token-policy-of-client.ts';
