/** How to get a token and a socket. */
export const gettingIn = `Robots and operators' clients connect over one WebSocket and speak text JSON. This page is all that is needed to write a client in any language.

## Getting in

Every connection carries a Cognito access token. With the AWS CLI, on the local stack:

\`\`\`sh
aws cognito-idp initiate-auth --endpoint-url http://127.0.0.1:4511 --region us-east-1 --no-sign-request \\
  --auth-flow USER_PASSWORD_AUTH --client-id heliographlocalpeople \\
  --auth-parameters 'USERNAME=operator-1,PASSWORD=Heliograph-1!' \\
  --query AuthenticationResult.AccessToken --output text
\`\`\`

On AWS leave out \`--endpoint-url\` and take the client id from the outputs of the deployment. Robots sign in with the robots' client id, people with the people's. Then open the socket with the token:

\`\`\`
wss://<api>.execute-api.<region>.amazonaws.com/v1      on AWS
ws://127.0.0.1:4510/local                              on the local stack
\`\`\`

A user in the group \`robots\` is a robot, and its user name is its robot id. A user in \`operators\`, \`viewers\` or \`admins\` is a client. Groups named \`fleet:<name>\` tie people to robots: operators may control and view, and viewers may view, the robots of the fleets that they share; admins may do all.`;

/** What holds for every message. */
export const talking = (maxBytes: number) => `## Talking

- Messages are text JSON objects of at most ${maxBytes} bytes. Binary messages and frames over 32 KB close the socket (1003, 1009).
- A client says \`{"action": …, "requestId"?: …}\`; the server says \`{"type": …, "requestId"?: …}\`, where the \`requestId\` (up to 64 characters, chosen by the client) is the one of the message that it answers. Unknown fields are ignored.
- Fields ending in \`At\` are Unix milliseconds, fields ending in \`Ms\` are durations in milliseconds.
- The client speaks first: \`hello\`, then it waits for \`welcome\` before anything else. \`welcome\` holds every time that it must keep.
- At \`refreshAt\` send \`refreshToken\` with a newer token of the same user: the connection, its id and its sessions stay as they are. After \`tokenExpiresAt\` only \`refreshToken\`, \`ping\` and \`bye\` are heard; \`policy.graceMs\` later the connection is closed.
- The gateway cuts a connection that is silent for 10 minutes, and every connection after 2 hours. Send \`keepAlive\` every \`policy.heartbeatMs\`, and connect anew before \`connectionExpiresAt\`.

A negotiation, from the client's side:

\`\`\`
→ {"action":"hello","protocol":1}
← {"type":"welcome", …}
→ {"action":"listRobots","requestId":"1"}
← {"type":"robots","requestId":"1","robots":[{"robotId":"rover-1","state":"online","fleets":["demo"],"controlled":false}]}
→ {"action":"openSession","requestId":"2","robotId":"rover-1","mode":"control"}
← {"type":"sessionOpened","requestId":"2","sessionId":"s","robotId":"rover-1","mode":"control","state":"open", …}
→ {"action":"signal","sessionId":"s","robotId":"rover-1","seq":1,"kind":"offer","data":{"type":"offer","sdp":"…"},"requestId":"3"}
← {"type":"signalAck","requestId":"3","sessionId":"s","seq":1}
← {"type":"signal","sessionId":"s","robotId":"rover-1","from":"robot","seq":1,"kind":"answer","data":{…},"leaseEpoch":1}
⇄ candidates, as signals of kind "candidate"
→ {"action":"closeSession","sessionId":"s","robotId":"rover-1"}
\`\`\`

\`data\` is passed on as it is. By convention it is what a browser gives: \`RTCSessionDescriptionInit\` for \`offer\` and \`answer\`, \`RTCIceCandidateInit\` (or an array of them) for \`candidate\`.`;

/** What is said last. */
export const closing = `## What this is not

A stop button that goes through this protocol is a courtesy, not a safety function: a network may be gone when it is pressed. A robot must stop by itself when its operator is silent.`;
