/**
 * Where a service is in a region. Of the partitions in which API Gateway offers WebSocket APIs.
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
export function serviceEndpoint(service: string, region: string): URL {
  return new URL(`https://${service}.${region}.${domainOf(region)}`);
}

/** What the host names of a region's services end with. */
export function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
