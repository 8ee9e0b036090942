import { ApiMapping, DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { DomainConfig } from '../domain-config.ts';
import type { WebSocketSignalingApi } from './websocket-signaling-api.ts';

export type SignalingDomainProps = DomainConfig & { readonly signaling: WebSocketSignalingApi };

/** A name of yours for the API, mapped without a path, and its records where the zone is known. */
export class SignalingDomain extends Construct {
  readonly url: string;
  /** What a record of yours has to point to. */
  readonly target: string;

  constructor(scope: Construct, id: string, props: SignalingDomainProps) {
    super(scope, id);
    const domainName = new DomainName(this, 'Name', {
      domainName: props.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
    });
    const { api, stage } = props.signaling;
    const mapping = new ApiMapping(this, 'Mapping', { api, stage, domainName });
    mapping.node.addDependency(stage);
    this.url = `wss://${props.name}`;
    this.target = domainName.regionalDomainName;
    if (props.hostedZone === undefined) return;
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: props.hostedZone.id,
      zoneName: props.hostedZone.name,
    });
    const target = RecordTarget.fromAlias(
      new ApiGatewayv2DomainProperties(domainName.regionalDomainName, domainName.regionalHostedZoneId),
    );
    new ARecord(this, 'Ipv4', { zone, recordName: props.name, target });
    new AaaaRecord(this, 'Ipv6', { zone, recordName: props.name, target });
  }
}
