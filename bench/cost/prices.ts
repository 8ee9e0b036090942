/** Published on-demand prices of us-east-1, in dollars, of the page named; free tiers and volume steps left out. */
export const prices = {
  /** Per message of up to 32 KB, sent or received. @see https://aws.amazon.com/api-gateway/pricing/ */
  webSocketMessage: 1 / 1e6,
  /** Per minute that a connection is open. @see https://aws.amazon.com/api-gateway/pricing/ */
  connectionMinute: 0.25 / 1e6,
  /** @see https://aws.amazon.com/lambda/pricing/ */
  lambdaRequest: 0.2 / 1e6,
  /** Per GB and second, arm64. @see https://aws.amazon.com/lambda/pricing/ */
  lambdaGbSecond: 13.3334 / 1e6,
  /** @see https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  readUnit: 0.125 / 1e6,
  /** @see https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnit: 0.625 / 1e6,
} as const;

/** Kinesis Video Streams with WebRTC. @see https://aws.amazon.com/kinesis/video-streams/pricing/ */
export const kinesis = {
  channelMonth: 0.03,
  /** Messages are counted in and out, so a relayed one is two. */
  message: 2.25 / 1e6,
} as const;

/** Minutes of an average month. */
export const monthMinutes = 43_800;
