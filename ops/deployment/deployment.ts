import type { FunctionName } from '../../functions/route-table.ts';
import type { Environment } from '../../functions/runtime/settings.ts';

/** What CloudFormation made, by the names that AWS knows it by; absent on the local stack. */
export type Managed = {
  readonly apiId: string;
  readonly stageName: string;
  readonly scheduleName: string | undefined;
  readonly functionNames: Readonly<Partial<Record<FunctionName, string>>>;
  readonly logGroupNames: Readonly<Partial<Record<FunctionName, string>>>;
};

/** A Heliograph that runs somewhere, and all that is needed to operate it. */
export type Deployment = {
  /** For people, such as `stage prod in eu-central-1`. */
  readonly title: string;
  readonly kind: 'aws' | 'emulator' | 'local';
  readonly region: string;
  /** Base URL of the socket. */
  readonly gateway: string;
  readonly userPoolId: string;
  readonly clientIds: { readonly robots: string; readonly people: string };
  /** Further app clients of an existing pool whose tokens are taken. */
  readonly moreClientIds: readonly string[];
  /** Where Cognito's API is, if not at AWS. */
  readonly identity: string | undefined;
  /** What its functions are told: the tables, the policy, the accepted clients. */
  readonly environment: Environment;
  readonly managed: Managed | undefined;
  /** Where the events of the local stack can be followed. */
  readonly eventsUrl: string | undefined;
};
