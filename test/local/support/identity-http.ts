import { connect, type Socket } from 'node:net';

/** What Cognito's JSON 1.1 protocol asks of a request, for tests below the level of the SDK. */
const jsonHeaders = (operation: string) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
});

export function post(
  url: string,
  operation: string,
  request: { body: string; headers?: Record<string, string> },
) {
  return fetch(url, {
    method: 'POST',
    body: request.body,
    headers: { ...jsonHeaders(operation), ...request.headers },
  });
}

/** A request whose body never ends. The caller destroys the socket, or waits for the service to. */
export function sendHalf(url: string, operation: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const headers = Object.entries(jsonHeaders(operation)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n${headers.join('')}\r\n{"Use`);
  return socket.resume();
}
