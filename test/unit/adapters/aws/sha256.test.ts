import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sha256 } from '../../../../functions/adapters/aws/sha256.ts';

const bytes = fc.uint8Array({ maxLength: 200 });
const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const data = fc.oneof(bytes, text);

async function digestOf(parts: readonly (string | Uint8Array)[], secret?: string | Uint8Array) {
  const hash = new Sha256(secret);
  for (const part of parts) hash.update(part);
  return Buffer.from(await hash.digest()).toString('hex');
}

describe('Sha256', () => {
  it("is Node's, of whatever comes in whatever parts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(data), async (parts) => {
        const expected = createHash('sha256');
        for (const part of parts) expected.update(part);
        expect(await digestOf(parts)).toBe(expected.digest('hex'));
      }),
    );
  });

  it("is Node's with a secret, again and again and with others in between", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(data, { minLength: 1, maxLength: 4 }), data, async (secrets, said) => {
        for (const secret of [...secrets, ...secrets]) {
          expect(await digestOf([said], secret)).toBe(
            createHmac('sha256', secret).update(said).digest('hex'),
          );
        }
      }),
    );
  });

  it('takes part of a buffer for that part', async () => {
    const part = Buffer.from('before key after').subarray(7, 10);
    expect(await digestOf(['x'], part)).toBe(await digestOf(['x'], 'key'));
    expect(await digestOf([part])).toBe(await digestOf(['key']));
  });
});
