/** Why a session ended, with what it means. */
export const closeReasons = {
  closed: 'One side closed it, or said `bye`, or went away for good.',
  refused: 'The robot did not want it.',
  busy: 'The robot has no room for it.',
  expired: 'The token of one side ran out and was not refreshed in time.',
  revoked: 'The sign-in of one side was revoked.',
  forbidden: 'The client lost the permission.',
  robot_offline: 'The robot did not return within the resume window.',
  resume_ended: 'The client did not return within the resume window.',
} as const;

export type CloseReason = keyof typeof closeReasons;

export const closeReasonNames = Object.keys(closeReasons) as [CloseReason, ...CloseReason[]];
