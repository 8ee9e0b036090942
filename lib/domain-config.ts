import * as z from 'zod';

const hostName = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    'must be a host name in lower case, such as wss.example.org',
  );

/** A custom domain of the API, which is regional. */
export const domainSchema = z
  .strictObject({
    name: hostName,
    /** Certificate in ACM, in the region of the API. */
    certificateArn: z
      .string()
      .regex(
        /^arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/,
        'must be the ARN of a certificate in ACM',
      ),
    /** Public hosted zone in Route 53 that gets the records; without it you make them, from the outputs. */
    hostedZone: z
      .strictObject({
        id: z.string().regex(/^Z[A-Z0-9]+$/, 'must be the id of a hosted zone'),
        name: hostName,
      })
      .optional(),
    /** `true` closes the default `execute-api` endpoint: the API is reached by this name alone. */
    only: z.boolean().default(false),
    /**
     * Name of a secret in Secrets Manager, a plain text, that every handshake must bring in the header
     * `x-heliograph-edge`: what CloudFront adds, so that nobody goes past it and its WAF.
     */
    edgeSecretName: z
      .string()
      .regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/, 'must be the name of a secret')
      .optional(),
  })
  .superRefine((given, context) => {
    if (given.edgeSecretName !== undefined && !given.only) {
      context.addIssue({
        code: 'custom',
        path: ['only'],
        message: 'must be true with edgeSecretName, or the default endpoint stays open beside CloudFront',
      });
    }
  });

export type DomainConfig = z.infer<typeof domainSchema>;

/**
 * Where sockets are posted to when the default endpoint is closed: it refuses `@connections` as well,
 * with 403, and the mapped domain has no stage in its path. Undefined: the default endpoint.
 * @see https://github.com/aws/aws-sdk-net/issues/1860
 */
export function managementEndpointOf(domain: DomainConfig | undefined): string | undefined {
  return domain?.only ? `https://${domain.name}` : undefined;
}

/** Put in by CloudFormation when it deploys: neither the template nor this repository holds it. */
export function edgeSecretOf(domain: Pick<DomainConfig, 'edgeSecretName'> | undefined): string | undefined {
  const name = domain?.edgeSecretName;
  return name === undefined ? undefined : `{{resolve:secretsmanager:${name}:SecretString}}`;
}
