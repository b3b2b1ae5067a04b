import { crc32 } from 'node:zlib'
import { FleetError } from '@fleetlake/core'
import type { KeyValue } from 'hyparquet'

/**
 * A checkpoint of ours carries a checksum of its version and all its bytes, so that one that was changed or cut off, or stands in the place of
 * another, is not believed, and none of it has to be unpacked to find that out. It stands in the footer, right before its end, where other readers pass over it.
 */

const KEY = 'fleetlake.checksum'
const LABEL = 'crc32:'
const NO_DIGITS = '00000000'
/** Between a key and its value: a field and the value's length. */
const VALUE_AFTER = 2
/** From the key to the end of the file there is no more than this: some bytes a column. */
const TAIL_BYTES = 1_024

/** What stands in the footer until the checksum is known. */
export const NO_CHECKSUM: KeyValue = { key: KEY, value: `${LABEL}${NO_DIGITS}` }

/** Where the digits are; undefined in a file without. */
const findDigits = (bytes: Uint8Array): number | undefined => {
  const start = Math.max(0, bytes.length - TAIL_BYTES)
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start)
  const key = tail.lastIndexOf(KEY)
  const label = key + KEY.length + VALUE_AFTER
  if (key < 0 || tail.toString('latin1', label, label + LABEL.length) !== LABEL) return undefined
  return start + label + LABEL.length
}

/** Of the version and all bytes, the digits taken for zeros. */
const checksumOf = (version: number, bytes: Uint8Array, digits: number): string => {
  const before = crc32(NO_DIGITS, crc32(bytes.subarray(0, digits), crc32(`${version}\n`)))
  return crc32(bytes.subarray(digits + NO_DIGITS.length), before)
    .toString(16)
    .padStart(NO_DIGITS.length, '0')
}

/** Puts the checksum where it belongs. */
export const seal = <T extends Uint8Array>(bytes: T, version: number): T => {
  const digits = findDigits(bytes)
  if (digits === undefined) throw new FleetError('table.invalid', 'the checkpoint has no room for its checksum')
  bytes.set(new TextEncoder().encode(checksumOf(version, bytes, digits)), digits)
  return bytes
}

/**
 * Whether a checkpoint is ours and as it was written.
 * @returns false for one without a checksum: another writer's, or of an earlier Fleetlake
 * @throws FleetError `table.invalid` for one that was changed
 */
export const isSealed = (bytes: Uint8Array, name: string, version: number): boolean => {
  const digits = findDigits(bytes)
  if (digits === undefined) return false
  const told = new TextDecoder().decode(bytes.subarray(digits, digits + NO_DIGITS.length))
  if (told === checksumOf(version, bytes, digits)) return true
  throw new FleetError('table.invalid', `${name} is damaged: its checksum does not match`)
}
