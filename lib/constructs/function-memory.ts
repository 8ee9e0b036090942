/** MB of every function; CPU comes in proportion, and signature checks are CPU. */
export const functionMemoryMb = 512;
