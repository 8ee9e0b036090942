/** What is used of dynalite, which comes without types. @see https://github.com/architect/dynalite#api */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A server that does not listen yet. Closing it closes the database as well. */
  export default function dynalite(options: {
    /** Folder of the database; in memory without. */
    path?: string;
    /** How long a table stays `CREATING`; by default half a second. */
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
