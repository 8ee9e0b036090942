import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TableName } from '../../functions/table-shapes.ts';
import type { HeliographTable } from '../constructs/heliograph-table.ts';
import { addTables } from '../constructs/tables.ts';

export class StoreStack extends Stack {
  readonly tables: { readonly [T in TableName]: HeliographTable<T> };

  constructor(scope: Construct, id: string, props: StackProps & { readonly keyArn: string | undefined }) {
    super(scope, id, props);
    this.tables = addTables(this, props);
    const nameOf = (table: TableName): string => this.tables[table].table.tableName;
    // What another region is told of this store: `heliograph:regions`.
    new CfnOutput(this, 'ConnectionsTable', { value: nameOf('connections') });
    new CfnOutput(this, 'RobotSessionsTable', { value: nameOf('robotSessions') });
    new CfnOutput(this, 'ClientSessionsTable', { value: nameOf('clientSessions') });
    new CfnOutput(this, 'DirectoryTable', { value: nameOf('directory') });
  }
}
