/**
 * What the model has found and what is left as it is, with the reason. The model looks away from it, and
 * from as little else as can be. Each has its plain test in `known-limits.test.ts`.
 */
export const known = {
  /**
   * A refresh whose second read of the revocations fails leaves a token that nobody could check. It takes
   * a refresh with a token of another, revoked sign-in of the same user that was under way during all of
   * the revocation, and an outage at its end. The answer is a refusal; the row has the token.
   */
  refreshedThoughUnread: true,
  /**
   * A run of the cleanup that meets a refresh, or the next moment, while it announces: a second run may
   * announce the same again. To say it twice is harmless; a lock that outlives its holder would say it late.
   */
  announcedTwice: true,
  /**
   * A refresh that meets an outage between its copies and the row leaves copies of a token which was good
   * and which the row does not have. A relay trusts them until the row is closed: a grace and a cleanup
   * after the end of the old token. The other order would leave a row whose sessions end before it does.
   */
  copiedAhead: true,
  /**
   * A robot's hello that fails at its welcome gives the robot back to the connection before. What was said to
   * the robot in between was said to the one that failed: that a client went, or ended its session. A signal
   * there is answered `peer_away` or `session_unknown`, and says it again. To tell all of it anew would need
   * what the old connection was told, which nobody keeps.
   */
  toldWhileClaimed: true,
  /**
   * Two hellos of one connection at once that both fail at their welcome leave the robot online, and nobody is
   * told before the next. If that is another connection's, who watches is told nothing: it finds the robot
   * online already. They believe `away` until its next change, or until they list the robots.
   */
  untoldArrivalReplaced: true,
  /**
   * A session that is opened when the robot's socket has just gone, or its token has just run out, is answered
   * `suspended`, and the robot's row says `online`. The client waits for `peerBack`: it comes with the robot's
   * next connection, and not with its refresh. It takes a token that runs out between two reads of an opening.
   */
  suspendedThoughOnline: true,
  /**
   * A robot that is welcomed while a session is opened may find it in its `welcome`, though the opening is then
   * taken back without a word. It waits for an offer that never comes, until its next `hello`.
   */
  welcomedWithUndone: true,
  /**
   * Two `watchRobots` of one connection at once leave rows that its own list does not name. They are deleted by
   * whoever posts to the connection next and finds it gone, or when they run out.
   */
  watchedAtOnce: true,
};
