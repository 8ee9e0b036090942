/**
 * The last line of defence of I9. The port's fields hold ids and enumerations by agreement; what
 * breaks the agreement one day (an error's `name` that a remote side chose, a `reason` that was built
 * from a message) must still not carry a token into a log.
 */

const redacted = 'redacted';

/** The beginning of any JWT (base64url of `{"`), longer than any of our random ids, which can begin so by chance. */
const tokenShape = /eyJ[\w.-]{20,}/;

/** A word of our own making: an enumeration, an error name, a route. */
export function word(text: string): string {
  return /^[\w$@:./-]{1,64}$/.test(text) && !tokenShape.test(text) ? text : redacted;
}

/** An id. Robots' are user names and may hold any character; none is longer than 128. */
export function id(text: string): string {
  return text.length <= 128 && !tokenShape.test(text) && !/[\r\n]/.test(text) ? text : redacted;
}

const maxFrames = 8;
const maxFrameLength = 300;

/**
 * Where it happened, without what was said there: a stack begins with the error's message, and a
 * message may quote its input. A message of several lines can look like frames, hence the strict form.
 */
export function frames(stack: string): string {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length <= maxFrameLength)
    .filter((line) => /^at [\w$.<>[\] #]*\(?[\w$.:/\\@%+ -]+:\d+:\d+\)?$/.test(line))
    .filter((line) => !tokenShape.test(line))
    .slice(0, maxFrames)
    .join('\n');
}
