import * as z from 'zod/mini';

/** As `RTCConfiguration.iceServers` takes it. */
export const iceServer = z.object({
  urls: z.array(z.string()),
  username: z.optional(z.string()),
  credential: z.optional(z.string()),
});
export type IceServer = z.infer<typeof iceServer>;

/** What one receiver is given. */
export const iceServersOfOne = z
  .array(iceServer)
  .check(
    z.describe('credentials among them are this receiver’s own, and run out; `getIceServers` gives new ones'),
  );
