import type { IncomingMessage } from 'node:http';
import { CognitoError } from './cognito-error.ts';

const maxBodyBytes = 64 * 1024;

/** The body as JSON. Its text never appears in an error: it can hold a password. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-amz-json-1.1') {
    request.resume();
    throw new CognitoError('SerializationException', 'Content-Type must be application/x-amz-json-1.1.');
  }
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new CognitoError('SerializationException', 'The request body is not valid JSON.');
  }
}

// What is too long is read to its end and forgotten: cutting the connection would keep the sender from the answer.
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  if (bytes > maxBodyBytes) {
    throw new CognitoError(
      'RequestEntityTooLargeException',
      `The request body has ${bytes} bytes; at most ${maxBodyBytes} are read.`,
    );
  }
  return Buffer.concat(chunks).toString();
}
