import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TableName } from '../../functions/table-shapes.ts';
import { HeliographTable } from '../constructs/heliograph-table.ts';

export class StoreStack extends Stack {
  readonly tables: { readonly [T in TableName]: HeliographTable<T> };

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.tables = {
      connections: new HeliographTable(this, 'Connections', 'connections'),
      robotSessions: new HeliographTable(this, 'RobotSessions', 'robotSessions'),
      clientSessions: new HeliographTable(this, 'ClientSessions', 'clientSessions'),
      directory: new HeliographTable(this, 'Directory', 'directory'),
    };
  }
}
