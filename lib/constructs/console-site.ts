import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { contentSecurityPolicy, permissionsPolicy } from '../../console/security-headers.ts';

export type ConsoleSiteProps = {
  /** The built page. */
  readonly folder: string;
  /** `settings.json`, with values that are known at the deployment only. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Origins that the page talks to. */
  readonly connectTo: readonly string[];
};

/** The page in a private bucket behind CloudFront, with the headers that a page that drives robots should have. */
export class ConsoleSite extends Construct {
  constructor(scope: Construct, id: string, props: ConsoleSiteProps) {
    super(scope, id);
    // Made anew by each deployment: nothing in it is worth keeping.
    // As its interface: with exactOptionalPropertyTypes the class does not quite fit the interface that it implements.
    const bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    }) as IBucket;
    const distribution = new Distribution(this, 'Distribution', {
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: this.#headers(props.connectTo),
        compress: true,
      },
      defaultRootObject: 'index.html',
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
    });
    const common = { destinationBucket: bucket, prune: false };
    // First what the page needs, then the page that needs it; the names of assets change with what is in them.
    const assets = new BucketDeployment(this, 'Assets', {
      ...common,
      sources: [Source.asset(props.folder, { exclude: ['index.html'] })],
      cacheControl: [CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()],
    });
    const page = new BucketDeployment(this, 'Page', {
      ...common,
      sources: [
        Source.asset(props.folder, { exclude: ['assets', 'assets/**'] }),
        Source.jsonData('settings.json', props.settings),
      ],
      cacheControl: [CacheControl.noCache()],
      distribution,
      distributionPaths: ['/', '/index.html', '/settings.json', '/icon.svg'],
    });
    page.node.addDependency(assets);
    new CfnOutput(this, 'Url', { value: `https://${distribution.distributionDomainName}` }).overrideLogicalId(
      'ConsoleUrl',
    );
  }

  #headers(connectTo: readonly string[]): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(connectTo), override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'permissions-policy', value: permissionsPolicy, override: true },
          { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
        ],
      },
    });
  }
}
