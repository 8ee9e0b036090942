import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TableName } from '../../functions/table-shapes.ts';
import type { RegionsConfig } from '../regions-config.ts';
import { allowOnTable, HeliographTable, type TableSource } from './heliograph-table.ts';
import type { Tables } from './signaling-functions.ts';

/** The tables of the store, as children of `scope`. */
export function addTables(scope: Construct): { readonly [T in TableName]: HeliographTable<T> } {
  return {
    connections: new HeliographTable(scope, 'Connections', 'connections'),
    robotSessions: new HeliographTable(scope, 'RobotSessions', 'robotSessions'),
    clientSessions: new HeliographTable(scope, 'ClientSessions', 'clientSessions'),
    directory: new HeliographTable(scope, 'Directory', 'directory'),
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
    return {
      physicalName: tableName,
      allow: (user, access) => allowOnTable(user, { name, tableName, tableArn }, access),
    };
  };
  return {
    connections: table('connections'),
    robotSessions: table('robotSessions'),
    clientSessions: table('clientSessions'),
    directory: table('directory'),
  };
}
