import { z } from 'zod'

/** The oldest nats-server that everything is tried with: the first of its line without the faults below. */
export const MINIMUM_SERVER = '2.12.5'
/** Of the line before it, the first without these faults. */
const MENDED_BEFORE = '2.11.14'

/** @returns the numbers of the first version in a text, e.g. [2, 12, 5] of `nats-server: v2.12.5-RC.1`; none for a text without one */
export const readVersionNumbers = (text: string): number[] =>
  (/(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1) ?? []).map(Number)

const isSince = (version: readonly number[], least: string): boolean => {
  const minimum = readVersionNumbers(least)
  const differing = version.findIndex((number, index) => number !== minimum[index])
  return differing < 0 || version[differing] > minimum[differing]
}

/** Whether a server is the minimum or newer. A version that can't be read is taken for an old one. */
export const isMendedServer = (version: readonly number[]): boolean =>
  version.length >= 3 && isSince(version, MINIMUM_SERVER)

const isOfLineBefore = (version: readonly number[]): boolean =>
  version.length >= 3 && version[0] === 2 && version[1] === 11 && isSince(version, MENDED_BEFORE)

const nameOf = (version: readonly number[]): string =>
  `nats-server ${version.length === 0 ? 'of an unknown version' : version.join('.')}`

/** @returns what is wrong with a server and what to do, undefined when nothing is known to be */
export const describeServerFaults = (version: readonly number[]): string | undefined => {
  if (isMendedServer(version) || isOfLineBefore(version)) return undefined
  const faults =
    'one websocket frame ends it before any login (CVE-2026-27889), and after a full disk its JetStream answers nothing until it is restarted'
  return `${nameOf(version)} is old: ${faults}. Have ${MINIMUM_SERVER} or newer`
}

/** @returns what is to be said of a server, its faults or that it is not tried; undefined when nothing is */
export const describeOldServer = (version: readonly number[]): string | undefined =>
  isOfLineBefore(version)
    ? `${nameOf(version)} is old: it has no known faults, and Fleetlake is not tried with it. Have ${MINIMUM_SERVER} or newer`
    : describeServerFaults(version)

/** What `/jsz?config=true` of a server's monitoring says of syncing; durations are in ns. Servers before 2.11 do not say it. */
const jetStreamSettings = z.object({
  config: z.object({ sync_interval: z.number().optional(), sync_always: z.boolean().optional() }),
})

/** How a server syncs, by what its monitoring says of JetStream: `always`, or every so many ms; undefined where it does not say. */
export const syncIntervalOf = (jsz: unknown): 'always' | number | undefined => {
  const settings = jetStreamSettings.safeParse(jsz).data?.config
  if (settings?.sync_always === true) return 'always'
  return settings?.sync_interval === undefined ? undefined : settings.sync_interval / 1e6
}
