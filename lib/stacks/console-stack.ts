import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ConsoleConfig } from '../config.ts';
import { ConsoleSite } from '../constructs/console-site.ts';
import type { Identity } from '../constructs/identity.ts';

export type ConsoleStackProps = StackProps & {
  readonly console: ConsoleConfig;
  readonly identity: Identity;
  /** `wss://…/<stage>` */
  readonly webSocketUrl: string;
  /** The origin of it, for the page's policy. */
  readonly webSocketOrigin: string;
  /** The built page. */
  readonly folder: string;
};

/** The operator's console, told at its deployment where everything is. */
export class ConsoleStack extends Stack {
  constructor(scope: Construct, id: string, props: ConsoleStackProps) {
    super(scope, id, props);
    const { hostedSignIn } = props.console;
    new ConsoleSite(this, 'Site', {
      folder: props.folder,
      settings: {
        gateways: [{ name: this.region, url: props.webSocketUrl }],
        identity: { region: this.region, clientId: props.identity.people.userPoolClientId },
        ...(hostedSignIn === undefined ? {} : { hosted: hostedSignIn }),
      },
      connectTo: [
        props.webSocketOrigin,
        `https://cognito-idp.${this.region}.${this.urlSuffix}`,
        ...(hostedSignIn === undefined ? [] : [new URL(hostedSignIn.domain).origin]),
      ],
    });
  }
}
