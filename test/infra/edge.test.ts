import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { describe, expect, test } from 'vitest';
import { settingVariables } from '../../functions/environment-names.ts';
import { parseConfig } from '../../lib/config.ts';
import { SignalingEdge } from '../../lib/signaling-edge.ts';
import { synthesized } from './support/synthesized.ts';

const domain = {
  name: 'origin.example.org',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0f0e9f2c-7a52-4c8e-8a8f-1d3c5b7a9e11',
};
const secret = '{{resolve:secretsmanager:heliograph/edge:SecretString';

// Made while the file is loaded, which has no time limit of a test.
const withDomain = synthesized({ 'heliograph:domain': domain }).signaling;

describe('a domain of yours', () => {
  test('is mapped without a path, is in the URL, and leaves the default endpoint open', () => {
    const signaling = withDomain;
    signaling.template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainName: domain.name });
    signaling.template.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', {
      ApiMappingKey: Match.absent(),
    });
    signaling.template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      DisableExecuteApiEndpoint: Match.absent(),
    });
    signaling.template.hasOutput('WebSocketUrl', { Value: `wss://${domain.name}` });
    signaling.template.hasOutput('DomainTarget', {});
    expect(JSON.stringify(signaling.json)).not.toContain(settingVariables.managementEndpoint);
  });

  test('has its records where the zone is known', () => {
    const hostedZone = { id: 'Z0123456789ABC', name: 'example.org' };
    const { signaling } = synthesized({ 'heliograph:domain': { ...domain, hostedZone } });
    signaling.template.hasResourceProperties('AWS::Route53::RecordSet', {
      Type: 'A',
      Name: `${domain.name}.`,
    });
    signaling.template.hasResourceProperties('AWS::Route53::RecordSet', { Type: 'AAAA' });
  });

  /** The default endpoint refuses @connections, too, once it is closed. */
  test('alone, closes the default endpoint, and sockets are posted to by the domain', () => {
    const { signaling } = synthesized({
      'heliograph:domain': { ...domain, only: true, edgeSecretName: 'heliograph/edge' },
    });
    signaling.template.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
    signaling.template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          [settingVariables.managementEndpoint]: `https://${domain.name}`,
          [settingVariables.edgeSecret]: Match.stringLikeRegexp(`^${secret.replaceAll('{', '\\{')}`),
        }),
      },
    });
  });

  test.each([
    [
      'a secret beside an open endpoint',
      { ...domain, edgeSecretName: 'heliograph/edge' },
      'heliograph:domain.only: must be true',
    ],
    [
      'a URL for a name',
      { ...domain, name: 'wss://origin.example.org' },
      'heliograph:domain.name: must be a host name',
    ],
    [
      'a certificate by its name',
      { ...domain, certificateArn: 'mine' },
      'heliograph:domain.certificateArn: must be the ARN',
    ],
  ])('is refused for %s', (_what, wrong, message) => {
    expect(() => parseConfig({ 'heliograph:domain': wrong })).toThrow(message);
  });
});

describe('CloudFront and WAF in front', () => {
  const make = (region: string): Template => {
    const stack = new Stack(new App(), 'Edge', { env: { region, account: '123456789012' } });
    new SignalingEdge(stack, 'Edge', {
      originDomainName: domain.name,
      edgeSecretName: 'heliograph/edge',
      domainName: 'wss.example.org',
      certificate: Certificate.fromCertificateArn(stack, 'Certificate', domain.certificateArn),
    });
    return Template.fromStack(stack);
  };

  test('forwards handshakes uncached, with TLS on both sides, through the web ACL', () => {
    const template = make('us-east-1');
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        Aliases: ['wss.example.org'],
        HttpVersion: 'http1.1',
        WebACLId: Match.anyValue(),
        ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: 'TLSv1.2_2021' }),
        DefaultCacheBehavior: Match.objectLike({
          ViewerProtocolPolicy: 'https-only',
          // CachingDisabled, AllViewerExceptHostHeader: AWS's own.
          CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
          OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        }),
        Origins: [
          Match.objectLike({
            DomainName: domain.name,
            CustomOriginConfig: Match.objectLike({
              OriginProtocolPolicy: 'https-only',
              OriginSSLProtocols: ['TLSv1.2'],
            }),
            OriginCustomHeaders: [
              {
                HeaderName: 'x-heliograph-edge',
                HeaderValue: Match.stringLikeRegexp(`^${secret.replaceAll('{', '\\{')}`),
              },
            ],
          }),
        ],
      }),
    });
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'CLOUDFRONT',
      Rules: Match.arrayWith([
        Match.objectLike({
          Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2_000 } },
          Action: { Block: {} },
        }),
      ]),
    });
  });

  test('is refused where CloudFront’s ACLs cannot be', () => {
    expect(() => make('eu-central-1')).toThrow('must be in a stack of us-east-1');
  });
});

describe('several regions', () => {
  const home = {
    region: 'us-east-1',
    tables: { connections: 'Home-C', robotSessions: 'Home-R', clientSessions: 'Home-S', directory: 'Home-D' },
  };

  test('the others use the store of the first, and post to its sockets', () => {
    const regions = { home, peers: [{ region: 'us-east-1', apiId: 'abc123def4' }] };
    const app = parseConfig({ 'heliograph:regions': regions });
    expect(app.regions).toEqual(regions);
  });

  test.each([
    [
      'half a store',
      { home: { region: 'us-east-1', tables: { connections: 'Home-C' } } },
      'heliograph:regions.home.tables.',
    ],
    [
      'a region that is none',
      { home: { ...home, region: 'Frankfurt' } },
      'heliograph:regions.home.region: must be a region',
    ],
    [
      'a peer by its URL',
      { peers: [{ region: 'us-east-1', apiId: 'wss://x' }] },
      'heliograph:regions.peers.0.apiId: must be the id',
    ],
  ])('are refused for %s', (_what, regions, message) => {
    expect(() => parseConfig({ 'heliograph:regions': regions })).toThrow(message);
  });
});
