import { hello } from '../../protocol/messages/hello.ts';
import { sayHello } from '../core/use-cases/hello.ts';
import type { HelloDeps } from '../core/use-cases/hello-deps.ts';
import { messageRoute } from '../edge/route.ts';

/** `hello`: claims the session. `welcome` is posted by the use case, which must know whether it arrived. */
export const helloRoute = messageRoute(hello, (deps: HelloDeps, { caller, message }) =>
  sayHello(deps, { caller, protocol: message.protocol, requestId: message.requestId }),
);
