/**
 * Whether something that gives signs of life has been silent for too long, told by a watcher that looks every `everyMs`. Law: silence is
 * counted in looks that came in time. A look that comes late says that the watcher itself stood still, as when the machine slept or the
 * processor was not to be had; what it watches may have slept as well, so that this stretch counts for nothing.
 *
 * JavaScript, as is the thread that uses it: a thread that strips types takes 10 MB more.
 *
 * @param {{ everyMs: number, limitMs: number }} options
 * @returns {(nowMs: number, signs: number) => boolean} call it at each look, with the number of signs so far
 */
export const createSilence = ({ everyMs, limitMs }) => {
  /** @type {number | undefined} */
  let seen
  /** @type {number | undefined} */
  let lookedAt
  let silentMs = 0
  return (nowMs, signs) => {
    const sinceMs = lookedAt === undefined ? 0 : nowMs - lookedAt
    lookedAt = nowMs
    if (signs !== seen) {
      seen = signs
      silentMs = 0
    } else if (sinceMs <= LATE * everyMs) silentMs += sinceMs
    return silentMs >= limitMs
  }
}

/** A look this many intervals after the one before is late. */
const LATE = 2
