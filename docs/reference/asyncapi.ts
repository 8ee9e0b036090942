import * as z from 'zod';
import { handshakeRefusals } from '../../protocol/handshake.ts';
import { maxMessageBytes, subprotocol } from '../../protocol/limits.ts';
import { type Action, clientMessages, serverMessages } from '../../protocol/messages.ts';
import { replies } from '../../protocol/replies.ts';
import { summaryOf } from './describe-fields.ts';

/** The schema of a message, whole: nothing is referred to, so that a generator needs nothing else. */
function payloadOf(schema: z.core.$ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...payload } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return payload;
}

function messagesOf(of: Readonly<Record<string, z.core.$ZodType>>, prefix: string) {
  return Object.fromEntries(
    Object.entries(of).map(([name, schema]) => [
      `${prefix}${name}`,
      {
        name,
        title: name,
        summary: summaryOf(schema),
        contentType: 'application/json',
        payload: payloadOf(schema),
      },
    ]),
  );
}

const references = (names: readonly string[], at: string) => names.map((name) => ({ $ref: `${at}${name}` }));

/** The protocol as an AsyncAPI 3 document, from the schemas: one channel, both directions. */
export function asyncApiDocument() {
  const said = messagesOf(clientMessages, 'client_');
  const heard = messagesOf(serverMessages, 'server_');
  const messages = { ...said, ...heard };
  const inChannel = '#/channels/signaling/messages/';
  return {
    asyncapi: '3.0.0',
    id: 'urn:heliograph:signaling:1',
    info: {
      title: 'Heliograph signaling',
      version: '1.0.0',
      description: `JSON text messages of at most ${maxMessageBytes} bytes over one WebSocket. The client speaks first, with hello. docs/protocol.md has the rules that a schema cannot hold.`,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      deployed: {
        host: '{apiId}.execute-api.{region}.amazonaws.com',
        pathname: '/v1',
        protocol: 'wss',
        variables: {
          apiId: { description: 'In the output WebSocketUrl of the deployment.' },
          region: { default: 'us-east-1' },
        },
        security: references(['bearer', 'subprotocol', 'query'], '#/components/securitySchemes/'),
      },
      local: { host: '127.0.0.1:4510', pathname: '/local', protocol: 'ws', description: '`npm start`.' },
    },
    channels: {
      signaling: {
        address: null,
        title: 'The socket',
        description: `A handshake is refused with ${Object.entries(handshakeRefusals)
          .map(([status, { meaning }]) => `${status} (${meaning.replace(/\.$/, '')})`)
          .join(', ')}.`,
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: 'GET' } },
      },
    },
    operations: {
      ...Object.fromEntries(
        Object.keys(clientMessages).map((action) => [
          action,
          {
            action: 'receive',
            channel: { $ref: '#/channels/signaling' },
            summary: `Answer: ${replies[action as Action].answer.replaceAll('`', '')}.`,
            messages: references([`client_${action}`], inChannel),
          },
        ]),
      ),
      tell: {
        action: 'send',
        channel: { $ref: '#/channels/signaling' },
        summary: 'What the server says, as an answer or unasked.',
        messages: references(Object.keys(heard), inChannel),
      },
    },
    components: {
      messages,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Robots and servers.' },
        subprotocol: {
          type: 'httpApiKey',
          in: 'header',
          name: 'Sec-WebSocket-Protocol',
          description: `Browsers: \`${subprotocol}, bearer.<jwt>\`; only the first is echoed.`,
        },
        query: {
          type: 'httpApiKey',
          in: 'query',
          name: 'token',
          description: 'Robots of before, where the deployment allows it.',
        },
      },
    },
  };
}
