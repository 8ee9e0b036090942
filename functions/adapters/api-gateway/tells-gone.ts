import { whatFailed } from './what-failed.ts';

/**
 * Whether a failure of `@connections` says that the socket is not there, as opposed to that the
 * gateway could not do it. The only place where the two are told apart, because both mistakes hurt:
 *
 * - A dead socket taken for a fault: a laptop is closed, `$disconnect` comes late or never, and every
 *   post to it now throws. The sender is told to retry and does so for ever, its robot is never marked
 *   away, the alarm for a broken gateway rings for each closed tab, and a cleanup that stops at the
 *   first fault never reaches the connections behind it.
 * - A fault taken for a dead socket: one throttled second (429) and a fleet of healthy robots is
 *   released.
 *
 * AWS answers 410 with the error type `GoneException`. The status counts as well as the name, since
 * emulators answer 410 with the name `Unknown` and proxies with a body that nobody can parse; the
 * name counts as well as the status, since a fake client in a test has no HTTP answer.
 * 403 is not gone: it is what a missing permission and a wrong stage look like.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function tellsGone(failure: unknown): boolean {
  const { name, status } = whatFailed(failure);
  return status === 410 || name === 'GoneException';
}
