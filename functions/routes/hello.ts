import { hello } from '../../protocol/messages/from-client/hello.ts';
import { sayHello } from '../core/use-cases/hello.ts';
import type { HelloDeps } from '../core/use-cases/hello-deps.ts';
import { messageRoute } from '../edge/route.ts';

/** `hello`: claims the session. `welcome` is posted by the use case, which must know whether it arrived. */
export const helloRoute = messageRoute(hello, (deps: HelloDeps, { caller, message }) => {
  const { protocol, requestId, resume, received } = message;
  return sayHello(deps, { caller, protocol, requestId, resume, received });
});
