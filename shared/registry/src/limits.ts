import { FleetError } from '@fleetlake/core'

/** What the registry takes. */

export const MAX_ID_BYTES = 255
export const MAX_VALUE_BYTES = 64 * 1024
/** An area's polygons have more of it. */
export const MAX_AREA_BYTES = 512 * 1024
/** Of all areas together. */
export const MAX_AREAS_BYTES = 64 * 1024 * 1024
export const MAX_WHO_BYTES = 255
/** Of a kind, without those that were removed. */
export const MAX_ENTRIES = 100_000
export const MAX_AREAS = 10_000
/** Of one commit. */
export const MAX_CHANGES = 1_000

const bytesOf = (text: string): number => Buffer.byteLength(text)

export const refuse = (message: string): never => {
  throw new FleetError('registry.invalid', message)
}

/** A kind is a part of a subject of the hub. */
const KIND = /^[a-z][a-z0-9-]{0,63}$/

/** @throws FleetError `registry.invalid` */
export const checkKind = (kind: string): void => {
  if (!KIND.test(kind))
    refuse(
      `"${kind.slice(0, 64)}" is no kind of entries: a kind is 1 to 64 lower-case letters, digits and hyphens, a letter first`,
    )
}

/** @throws FleetError `registry.invalid` */
export const checkId = (kind: string, id: string): void => {
  if (id === '' || !id.isWellFormed() || bytesOf(id) > MAX_ID_BYTES)
    refuse(`an id of ${kind} is 1 to ${MAX_ID_BYTES} bytes of UTF-8; "${id.slice(0, 64)}" has ${bytesOf(id)}`)
}

/** @throws FleetError `registry.invalid` */
export const checkWho = (who: string): void => {
  if (who === '' || bytesOf(who) > MAX_WHO_BYTES)
    refuse(`who changes the registry is told in 1 to ${MAX_WHO_BYTES} bytes; "${who.slice(0, 64)}" has ${bytesOf(who)}`)
}

/** Entries that a kind may have. */
export const mostEntries = (kind: string): number => (kind === 'areas' ? MAX_AREAS : MAX_ENTRIES)

/** Why the JSON text of a value of a kind is too long; undefined when it is not. */
export const lengthFault = (kind: string, json: string): string | undefined => {
  const bytes = bytesOf(json)
  const most = kind === 'areas' ? MAX_AREA_BYTES : MAX_VALUE_BYTES
  return bytes > most ? `its value has ${bytes} bytes of JSON, and ${most} are allowed` : undefined
}
