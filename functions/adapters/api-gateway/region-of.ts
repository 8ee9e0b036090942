/**
 * The region in the host of an `execute-api` endpoint. A post to another region's gateway must be
 * signed for that region, whichever this Lambda runs in.
 */
export function regionOf(endpoint: string): string | undefined {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  return /\.execute-api(?:-fips)?\.([a-z]{2,}(?:-[a-z]+)+-\d+)\./.exec(host)?.[1];
}
