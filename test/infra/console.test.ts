import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../lib/config.ts';
import { addHeliograph } from '../../lib/heliograph-app.ts';

/** Stands for the built page: what is in it is the browser tests' affair. */
const folder = mkdtempSync(join(tmpdir(), 'heliograph-console-'));

function consoleOf(settings: unknown): Template | undefined {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const config = parseConfig({ 'heliograph:stage': 'test', 'heliograph:console': settings });
  addHeliograph(app, config, { console: folder });
  const stack = app.node.tryFindChild('Heliograph-test-Console');
  return Stack.isStack(stack) ? Template.fromStack(stack) : undefined;
}

/** A policy of content by its parts; a run of what is filled in while it is deployed stands as one word. */
function directivesOf(policy: unknown): string[] {
  const parts: unknown[] = (policy as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return parts
    .map((part) => (typeof part === 'string' ? part : '<>'))
    .join('')
    .split('; ')
    .map((directive) => directive.replace(/\S*<>.*<>\S*/, '<known at the deployment>'));
}

describe('the console stack', () => {
  let template: Template;
  beforeAll(() => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'assets', 'index.js'), '');
    const made = consoleOf({ hostedSignIn: { domain: 'https://people.auth.example.com' } });
    if (made === undefined) throw new Error('There is no console stack.');
    template = made;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is made only where it is asked for', () => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    addHeliograph(app, parseConfig({ 'heliograph:stage': 'test' }));
    expect(app.node.tryFindChild('Heliograph-test-Console')).toBeUndefined();
    expect(() => parseConfig({ 'heliograph:console': { hostedSignIn: { domain: 'http://x' } } })).toThrow(
      'console',
    );
  });

  it('keeps its files private, encrypted and behind TLS', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      }),
    });
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        DefaultRootObject: 'index.html',
        DefaultCacheBehavior: Match.objectLike({ ViewerProtocolPolicy: 'redirect-to-https' }),
      }),
    });
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1);
  });

  it('lets the page run its own scripts, and talk to its server and its user pool alone', () => {
    const [policy] = Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const text = JSON.stringify(policy);
    expect(text).toContain("default-src 'none'");
    expect(text).toContain("script-src 'self'; style-src 'self'");
    expect(text).not.toMatch(/unsafe-(inline|eval)/);
    expect(text).toContain('https://cognito-idp.');
    expect(text).toContain('https://people.auth.example.com');
    expect(text).toContain("frame-ancestors 'none'");
    template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: Match.objectLike({
        SecurityHeadersConfig: Match.objectLike({
          StrictTransportSecurity: Match.objectLike({ AccessControlMaxAgeSec: 31_536_000 }),
          FrameOptions: { FrameOption: 'DENY', Override: true },
          ContentTypeOptions: { Override: true },
          ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
        }),
      }),
    });
  });

  it('sends no header less, and allows nothing more, than is written here', () => {
    const [policy] = Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const { ResponseHeadersPolicyConfig: headers } = policy?.Properties ?? {};
    const { ContentSecurityPolicy, StrictTransportSecurity, ...others } = headers.SecurityHeadersConfig;
    expect(directivesOf(ContentSecurityPolicy.ContentSecurityPolicy)).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "media-src 'self' blob:",
      "connect-src 'self' <known at the deployment> https://people.auth.example.com",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]);
    expect([ContentSecurityPolicy.Override, StrictTransportSecurity.Override]).toEqual([true, true]);
    expect(Object.keys(others).sort()).toEqual(['ContentTypeOptions', 'FrameOptions', 'ReferrerPolicy']);
    expect(headers.CustomHeadersConfig.Items).toEqual([
      {
        Header: 'permissions-policy',
        Value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
        Override: true,
      },
      { Header: 'cross-origin-opener-policy', Value: 'same-origin', Override: true },
    ]);
    // Every file comes with them.
    const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
    const { DefaultCacheBehavior, CacheBehaviors } = distribution?.Properties.DistributionConfig ?? {};
    expect(DefaultCacheBehavior.ResponseHeadersPolicyId).toHaveProperty('Ref');
    expect(CacheBehaviors).toBeUndefined();
  });

  it('is told at the deployment where everything is; the page itself is never cached', () => {
    const deployments = Object.values(template.findResources('Custom::CDKBucketDeployment'));
    const caches = deployments.map(({ Properties }) => Properties.SystemMetadata['cache-control']);
    expect(caches.sort()).toEqual(['max-age=31536000, immutable', 'no-cache']);
    // The client id and the address are filled in while it is deployed.
    expect(
      deployments.some(({ Properties }) =>
        JSON.stringify(Properties.SourceMarkers ?? []).includes('ImportValue'),
      ),
    ).toBe(true);
    template.hasOutput('ConsoleUrl', {});
  });
});
