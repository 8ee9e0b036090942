import { refreshToken as schema } from '../../protocol/messages/from-client/token.ts';
import { type RefreshDeps, refreshToken } from '../core/use-cases/refresh-token.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

/** `refreshToken`: lengthens the life of the open connection. */
export const refreshTokenRoute = messageRoute(schema, async (deps: RefreshDeps, { caller, message }) =>
  answer(await refreshToken(deps, { caller, token: message.token }), (refreshed) => ({
    type: 'tokenRefreshed',
    ...refreshed,
  })),
);
