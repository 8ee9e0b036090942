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

or, without it, one HTTP request, whose answer has \`AuthenticationResult\` with an \`AccessToken\`, a \`RefreshToken\` and \`ExpiresIn\` (seconds):

\`\`\`sh
curl -s http://127.0.0.1:4511 -H 'content-type: application/x-amz-json-1.1' \\
  -H 'x-amz-target: AWSCognitoIdentityProviderService.InitiateAuth' \\
  -d '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"heliographlocalpeople","AuthParameters":{"USERNAME":"operator-1","PASSWORD":"Heliograph-1!"}}'
\`\`\`

For the next access token send the same with \`"AuthFlow":"REFRESH_TOKEN_AUTH"\` and \`"AuthParameters":{"REFRESH_TOKEN":"…"}\`. Robots have a client id of their own (\`heliographlocalrobots\` locally), because their refresh tokens live longer; who is a robot is told by the groups, not by the client id. On AWS the endpoint is \`https://cognito-idp.<region>.amazonaws.com\`, and the client ids are outputs of the deployment. Then open the socket with the token:

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
- Any action may also be answered with \`bad_request\`, \`payload_too_large\`, \`rate_limited\` or \`internal\`.
- The client speaks first: \`hello\`, then it waits for \`welcome\` before anything else. \`welcome\` holds every time that it must keep.
- All moments are by the server's clock, which \`sentAt\` tells in the messages that name some: wait for \`refreshAt - sentAt\` after \`welcome\` and after each \`tokenRefreshed\`, and a clock of your own that is minutes off does no harm.
- At \`refreshAt\` send \`refreshToken\` with a newer token of the same user: the connection, its id and its sessions stay as they are. A token that ends at the same moment is taken, too; one that ends sooner is not. After \`tokenExpiresAt\` only \`refreshToken\`, \`ping\` and \`bye\` are heard; when \`policy.graceMs\` more have gone by, the next cleanup closes the connection, a minute later at most. Before that comes \`tokenExpiring\` at each of \`policy.warnMs\`, then \`tokenExpired\`, then \`goAway\`: who refreshes at \`refreshAt\` sees none of them. What happens while a token is expired is not said to its connection, nor later: who has refreshed within the grace resumes (by another connection, or by \`hello\` on this one), and finds in \`welcome\` what it has missed.
- The gateway cuts a connection that is silent for 10 minutes, and every connection after 2 hours. It closes with 1001 then, and says nothing before. Send \`keepAlive\` every \`policy.heartbeatMs\`, and connect anew before \`connectionExpiresAt\`: \`goAway connection_max_age\` says when, to each connection at a moment of its own.
- Only one \`hello\` is needed; a second is answered with \`welcome\` again. An \`error\` may answer \`hello\` after its \`welcome\`: with \`retryAfterMs\` the welcome holds, another side could not be told of it, and you resume once more after that time (by another connection, or by \`hello\` on this one); without, the welcome was taken back, and you connect anew. An idle robot that lost its connection waits a random part of \`policy.reconnectSpreadMs\` before it comes back.
- The session in control, if any, is named by \`controller\`; \`leaseEpoch\` rises whenever control changes hands, so a robot drops what was sent under an older one. A change holds when the robot has been told; until then the one before is obeyed.

### Losing the connection, and coming back

- Sessions outlast sockets. Who loses its connection is \`away\` at once; the other side of each of its sessions gets \`peerAway {resumeEndsAt}\`, and its signals get \`peer_away\` until then. A client keeps its control meanwhile.
- Within \`policy.resumeWindowMs\` it says \`hello\` with \`resume\`: a client with the \`resumeKey\` of its last \`welcome\`, a robot with \`true\`. It has its sessions again, listed in \`welcome\`, and the other sides get \`peerBack\`. The old connection, if it is still there, is told \`goAway replaced\` and closed: so one can open the new one first.
- What was under way when a connection was lost may not have arrived, even if it was acknowledged. So both sides count: \`hello\` says in \`received\`, by session, the highest \`seq\` without a gap that has come; \`peerBack\` and \`welcome.sessions\` bring the other side's count; whoever gets one sends again what is above it, and drops what it knows already. Keep what you have sent for that.
- Who has lost its counts says \`hello\` without \`resume\`: a robot's old sessions end then, a client is a new one beside the old, whose sessions end with the window (\`resume_ended\`). After the window a robot is \`offline\`, and its sessions end with \`robot_offline\`.
- A key is a secret of one client: it works for the same user only, and once the key of a newer \`welcome\` was used, no longer.
- \`?token=\` in the URL is accepted by the local stack; a deployment accepts it only when it is configured to.

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

\`data\` is passed on as the JSON value that it is (numbers as doubles), if what is passed on fits one frame of 32 KB; else the answer is \`payload_too_large\`. By convention it is what a browser gives: \`RTCSessionDescriptionInit\` for \`offer\` and \`answer\`, \`RTCIceCandidateInit\` (or an array of them) for \`candidate\`; \`restart\` asks the other side for a new offer, and \`custom\` is yours.`;

/** What is said last. */
export const closing = `## What this is not

A stop button that goes through this protocol is a courtesy, not a safety function: a network may be gone when it is pressed. A robot must stop by itself when its operator is silent.`;
