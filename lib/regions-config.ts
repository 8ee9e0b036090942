import * as z from 'zod';
import type { tableNames } from '../functions/table-shapes.ts';
import { keyArn } from './encryption-config.ts';

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, such as eu-west-1');
const tableName = z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/, 'must be the name of a table');

/** Several regions over one store: rows hold the endpoint of each socket, so every region posts to all. */
export const regionsSchema = z.strictObject({
  /** In every region but the first: where the store is, and its tables, from the outputs of the first. */
  home: z
    .strictObject({
      region,
      tables: z.strictObject({
        connections: tableName,
        robotSessions: tableName,
        clientSessions: tableName,
        directory: tableName,
      } satisfies Record<(typeof tableNames)[number], typeof tableName>),
      /** `encryptionKeyArn` there, where it has one. */
      encryptionKeyArn: keyArn.optional(),
    })
    .optional(),
  /** The APIs of the other regions, whose sockets are posted to from here. */
  peers: z
    .array(
      z.strictObject({ region, apiId: z.string().regex(/^[a-z0-9]{5,20}$/, 'must be the id of an API') }),
    )
    .default([]),
});

export type RegionsConfig = z.infer<typeof regionsSchema>;
