export { type Address, checkAddress } from './connection/address.ts';
export { createSignalingClient } from './signaling/signaling-client.ts';
