// A robot as it is in the field: one token, in the URL, for as long as it lasts; a plain WebSocket
// that knows nothing of refreshing. Here it only says that it is there and answers what it is sent.
import WebSocket from 'ws';

const { SIGNALING_URL, TOKEN } = process.env;
const socket = new WebSocket(`${SIGNALING_URL}?token=${TOKEN}`);
const say = (message) => socket.send(JSON.stringify(message));

socket.on('open', () => say({ action: 'hello', protocol: 1, agent: 'before' }));
socket.on('message', (text) => {
  const message = JSON.parse(text);
  if (message.type === 'welcome') process.stdout.write(`before: online as ${message.robotId}\n`);
  if (message.type === 'signal') {
    const { sessionId, robotId } = message;
    say({ action: 'signal', sessionId, robotId, seq: 1, kind: 'custom', data: { by: 'before' } });
  }
  if (message.type === 'goAway') process.stdout.write(`before: told to go: ${message.code}\n`);
});
socket.on('close', () => process.stdout.write('before: closed\n'));
process.on('SIGTERM', () => socket.close());
