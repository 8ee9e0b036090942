import { fileStore } from '../../../../client/src/node/file-store.ts';

/** Writes one sign-in after the other until it is killed; says so after the first few. */
const store = fileStore({ identity: 'rover-1', directory: process.argv[2] ?? '' });
for (let count = 2; ; count += 1) {
  // Long enough that a write is not one block.
  const name = `${count}-${'x'.repeat(20_000)}`;
  await store.exclusively(() =>
    store.save({
      token: `token-${name}`,
      identity: 'rover-1',
      expiresAt: 2,
      savedAt: 1,
      refreshToken: `refresh-${name}`,
    }),
  );
  if (count === 5) process.stdout.write('writing\n');
}
