import * as z from 'zod';

/** A key by its ARN, not by an alias: an alias can be pointed elsewhere, and policies do not see where to. */
export const keyArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
    'must be the ARN of a key in KMS, not its alias or its id',
  );
