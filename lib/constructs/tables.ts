import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TableName } from '../../functions/table-shapes.ts';
import type { RegionsConfig } from '../regions-config.ts';
import { allowOnTable, HeliographTable, type TableSource } from './heliograph-table.ts';
import type { Tables } from './signaling-functions.ts';

/** The tables of the store, as children of `scope`; encrypted by a key of AWS, unless another is given. */
export function addTables(
  scope: Construct,
  { keyArn }: { readonly keyArn: string | undefined },
): { readonly [T in TableName]: HeliographTable<T> } {
  const table = <T extends TableName>(id: string, tableName: T) =>
    new HeliographTable(scope, id, { tableName, keyArn });
  return {
    connections: table('Connections', 'connections'),
    robotSessions: table('RobotSessions', 'robotSessions'),
    clientSessions: table('ClientSessions', 'clientSessions'),
    directory: table('Directory', 'directory'),
  };
}

/** The same where they are in another region: nothing is made, only named. */
export function tablesOf(scope: Construct, home: NonNullable<RegionsConfig['home']>): Tables {
  const table = <T extends TableName>(name: T): TableSource<T> => {
    const tableName = home.tables[name];
    const tableArn = Stack.of(scope).formatArn({
      service: 'dynamodb',
      region: home.region,
      resource: 'table',
      resourceName: tableName,
    });
    const { encryptionKeyArn: arn } = home;
    const key = arn === undefined ? undefined : { arn, region: home.region };
    return {
      physicalName: tableName,
      allow: (user, access) => allowOnTable(user, { name, tableName, tableArn, key }, access),
    };
  };
  return {
    connections: table('connections'),
    robotSessions: table('robotSessions'),
    clientSessions: table('clientSessions'),
    directory: table('directory'),
  };
}
