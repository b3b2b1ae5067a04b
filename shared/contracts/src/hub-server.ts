/** The oldest nats-server without the faults below, and of the line before it the oldest one that got the mending too. */
export const MINIMUM_SERVER = '2.12.5'
const MENDED_BEFORE = '2.11.14'

/** @returns the numbers of the first version in a text, e.g. [2, 12, 5] of `nats-server: v2.12.5-RC.1`; none for a text without one */
export const readVersionNumbers = (text: string): number[] =>
  (/(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1) ?? []).map(Number)

/** A version that can't be read is taken for an old one. */
export const isMendedServer = (version: readonly number[]): boolean => {
  if (version.length < 3) return false
  const line = readVersionNumbers(MENDED_BEFORE)
  if (version[0] === line[0] && version[1] === line[1]) return version[2] >= line[2]
  const minimum = readVersionNumbers(MINIMUM_SERVER)
  const differing = version.findIndex((number, index) => number !== minimum[index])
  return differing < 0 || version[differing] > minimum[differing]
}

/** @returns what is wrong with a server and what to do, undefined when nothing is */
export const describeServerFaults = (version: readonly number[]): string | undefined =>
  isMendedServer(version)
    ? undefined
    : `nats-server ${version.length === 0 ? 'of an unknown version' : version.join('.')} is old: one websocket frame ends it ` +
      'before any login (CVE-2026-27889), and after a full disk its JetStream answers nothing until it is restarted. ' +
      `Have ${MINIMUM_SERVER} or newer, or ${MENDED_BEFORE} or newer of its line`
