export * from './index.ts';
export { fileStore } from './node/file-store.ts';
export { NotPrivate } from './node/private-files.ts';
export { stateDirectory } from './node/state-directory.ts';
export { wsTransport } from './node/ws-transport.ts';
