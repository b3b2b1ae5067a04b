import { FleetError } from '@fleetlake/core'
import { MAX_RECORD_BYTES } from './limits.ts'

/** The fields of feed messages, as they come. Bytes are lent until the function returns; of an entity that is too long there are none. */
export interface FeedFields {
  readonly onHeader: (bytes: Uint8Array) => void
  readonly onEntity: (bytes: Uint8Array, length: number) => void
}

export interface FeedCutter {
  /** @throws FleetError `import.invalid` for what is no feed message */
  write(chunk: Uint8Array): void
  /** @throws FleetError `import.invalid` where the input breaks off */
  end(): void
}

/** Wire types of protocol buffers. */
const VARINT = 0
const FIXED_64 = 1
const BYTES = 2
const FIXED_32 = 5

const HEADER = 1
const ENTITY = 2

/** A number and the index behind it; undefined where it is not whole. */
const varintAt = (bytes: Uint8Array, at: number): readonly [value: number, next: number] | undefined => {
  let value = 0
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    const byte = bytes[at + i]
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return [value, at + i + 1]
  }
  return undefined
}

/** Whether a feed message's header stands there, which begins with a version such as 2.0. */
const isHeaderAt = (bytes: Uint8Array, at: number): boolean => {
  if (bytes[at] !== ((HEADER << 3) | BYTES)) return false
  const [length, from] = varintAt(bytes, at + 1) ?? [0, 0]
  const versionLength = bytes[from + 1]
  if (bytes[from] !== ((1 << 3) | BYTES) || versionLength === 0 || versionLength > 8 || versionLength + 2 > length)
    return false
  const version = bytes.subarray(from + 2, from + 2 + versionLength)
  return /^\d+(\.\d+)*$/.test(String.fromCharCode(...version))
}

/** Whether each message has its length before it. */
const isDelimited = (head: Uint8Array): boolean => !isHeaderAt(head, 0) && isHeaderAt(head, varintAt(head, 0)?.[1] ?? 0)

export const isFeed = (head: Uint8Array): boolean => isHeaderAt(head, 0) || isDelimited(head)

/** Bytes that tell how messages are put after each other. */
const HEAD_BYTES = 32

/**
 * Cuts GTFS-realtime feed messages into their fields. A file has one message, or several: with their lengths before them, or simply one after the other, where a header begins the next one. Memory is bounded by a chunk and the
 * longest entity.
 */
export const createFeedCutter = ({ onHeader, onEntity }: FeedFields): FeedCutter => {
  let held: Uint8Array = new Uint8Array(0)
  /** Bytes before what is held. */
  let before = 0
  let hasLengths: boolean | undefined
  /** Of the message in hand, where that is known. */
  let messageLeft = 0
  /** Of a field that is too long to be kept. */
  let skipped = 0

  const invalid = (what: string, at: number): FleetError =>
    new FleetError('import.invalid', `at byte ${before + at + 1}: ${what}`)

  /** A field's bytes in `held`, and what is behind it; undefined where it is not whole. */
  const fieldAt = (at: number): { field: number; from: number; end: number } | undefined => {
    const tag = varintAt(held, at)
    if (tag === undefined) return undefined
    const [key, from] = tag
    const [field, wire] = [Math.floor(key / 8), key % 8]
    if (field === 0) throw invalid('this is not GTFS-realtime', at)
    switch (wire) {
      case VARINT: {
        const value = varintAt(held, from)
        return value === undefined ? undefined : { field, from, end: value[1] }
      }
      case FIXED_64:
        return { field, from, end: from + 8 }
      case FIXED_32:
        return { field, from, end: from + 4 }
      case BYTES: {
        const length = varintAt(held, from)
        return length === undefined ? undefined : { field, from: length[1], end: length[1] + length[0] }
      }
      default:
        throw invalid('this is not GTFS-realtime', at)
    }
  }

  /** @returns the index behind what could be taken */
  const takeFrom = (start: number): number => {
    let at = start
    for (;;) {
      if (at >= held.length) return at
      if (hasLengths === true && messageLeft === 0) {
        const length = varintAt(held, at)
        if (length === undefined) return at
        ;[messageLeft, at] = length
        continue
      }
      const found = fieldAt(at)
      if (found === undefined) return at
      const { field, from, end } = found
      if (hasLengths === true && end - at > messageLeft) throw invalid('a message is shorter than what is in it', at)
      const isLong = end - from > MAX_RECORD_BYTES
      if (!isLong && end > held.length) return at
      if (hasLengths === true) messageLeft -= end - at
      if (field === HEADER) {
        if (isLong) throw invalid('the header is too long', at)
        onHeader(held.subarray(from, end))
      } else if (field === ENTITY) onEntity(isLong ? held.subarray(0, 0) : held.subarray(from, end), end - from)
      if (end > held.length) skipped = end - held.length
      at = Math.min(end, held.length)
    }
  }

  const take = (): void => {
    hasLengths ??= isDelimited(held)
    const taken = takeFrom(0)
    before += taken
    held = held.slice(taken)
  }

  return {
    write: (chunk) => {
      const rest = chunk.subarray(Math.min(skipped, chunk.length))
      before += chunk.length - rest.length
      skipped -= chunk.length - rest.length
      held = held.length === 0 ? rest : Buffer.concat([held, rest])
      if (hasLengths !== undefined || held.length >= HEAD_BYTES) take()
      else held = held.slice()
    },
    end: () => {
      take()
      if (held.length > 0 || messageLeft > 0 || skipped > 0) throw invalid('the file breaks off', held.length)
    },
  }
}
