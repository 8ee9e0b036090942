import { Duration, SecretValue, Stack, Token } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { edgeHeader } from '../functions/environment-names.ts';

export type SignalingEdgeProps = {
  /** The backend's own domain, `config.domain.name`, with `only: true`: where CloudFront fetches from. */
  readonly originDomainName: string;
  /** `config.domain.edgeSecretName`: the secret that CloudFront adds, and that the backend asks for. In this stack's region too. */
  readonly edgeSecretName: string;
  /** What clients connect to. */
  readonly domainName: string;
  /** For that name, in us-east-1. */
  readonly certificate: ICertificate;
  /** Handshakes of one address within 5 minutes, before it is turned away. A fleet behind one NAT is one address. Default 2,000. */
  readonly handshakesPer5Minutes?: number;
  readonly priceClass?: PriceClass;
};

/** CloudFront's ACLs are made where CloudFront is. @see https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html */
const edgeRegion = 'us-east-1';

/**
 * CloudFront with a web ACL in front of the API: WAF does not attach to WebSocket APIs. For a stack in
 * us-east-1. The default endpoint of the API is to be closed, and its own domain asks each handshake
 * for the secret, so that nobody goes past this.
 */
export class SignalingEdge extends Construct {
  readonly distribution: Distribution;
  readonly url: string;

  constructor(scope: Construct, id: string, props: SignalingEdgeProps) {
    super(scope, id);
    const { region } = Stack.of(this);
    if (!Token.isUnresolved(region) && region !== edgeRegion) {
      throw new Error(
        `SignalingEdge must be in a stack of ${edgeRegion}, not ${region}: CloudFront's web ACLs are made there.`,
      );
    }
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible('acl'),
      rules: [
        {
          name: 'reputation',
          priority: 0,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesAmazonIpReputationList' },
          },
          visibilityConfig: visible('reputation'),
        },
        {
          name: 'rate',
          priority: 1,
          action: { block: {} },
          statement: {
            rateBasedStatement: { aggregateKeyType: 'IP', limit: props.handshakesPer5Minutes ?? 2_000 },
          },
          visibilityConfig: visible('rate'),
        },
      ],
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Heliograph: WebSocket signaling',
      domainNames: [props.domainName],
      certificate: props.certificate,
      webAclId: acl.attrArn,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      // A WebSocket handshake is HTTP/1.1.
      httpVersion: HttpVersion.HTTP1_1,
      priceClass: props.priceClass ?? PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        origin: new HttpOrigin(props.originDomainName, {
          protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
          originSslProtocols: [OriginSslPolicy.TLS_V1_2],
          keepaliveTimeout: Duration.seconds(60),
          customHeaders: { [edgeHeader]: SecretValue.secretsManager(props.edgeSecretName).unsafeUnwrap() },
        }),
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        // Authorization, Sec-WebSocket-*; not Host, by which the API's domain is found.
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
    });
    this.url = `wss://${props.domainName}`;
  }
}

function visible(metricName: string) {
  return {
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
    metricName: `heliograph-${metricName}`,
  };
}
