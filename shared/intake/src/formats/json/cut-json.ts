import { FleetError } from '@fleetlake/core'
import { MAX_DEPTH, MAX_RECORD_BYTES } from './limits.ts'

/** What is done with a value at a path: gone into, its elements or itself given as records, or passed over. */
export type Part = 'enter' | 'elements' | 'record' | 'pass'

/** @param path members, such as `data.positions`; '' for the root */
export type Decide = (path: string, kind: 'object' | 'array' | 'scalar') => Part

/** A whole value, not parsed. The bytes are lent: they hold until the function that was given them returns. */
export interface CutRecord {
  readonly path: string
  /** With white space behind it at most; of one that is too long what it begins with. */
  readonly bytes: Uint8Array
  /** Of the whole record. */
  readonly length: number
  readonly fault?: 'record-too-long' | 'too-deep'
}

export interface JsonCutter {
  /** @throws FleetError `import.invalid` where what lies around records is no JSON; with the offset of the byte */
  write(chunk: Uint8Array): void
  /** @throws FleetError `import.invalid` where the input breaks off */
  end(): void
}

export interface CutOptions {
  readonly decide: Decide
  readonly onRecord: (record: CutRecord) => void
  readonly maxBytes?: number
}

/** A container that was gone into. */
interface Frame {
  readonly isArray: boolean
  readonly path: string
}

type Expected = 'root' | 'value' | 'first-value' | 'first-key' | 'key' | 'colon' | 'comma'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
/** Before a text of RFC 7464. */
const SEPARATOR = 0x1e

const isByteOrderMark = (c: number): boolean => c === 0xef || c === 0xbb || c === 0xbf

const isBlank = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09

/** Opening brackets differ from each other in this bit, closing ones too. */
const isOpening = (c: number): boolean => (c | 0x20) === OPEN_OBJECT
const isClosing = (c: number): boolean => (c | 0x20) === CLOSE_OBJECT

const NAMES: Readonly<Record<Expected, string>> = {
  root: 'a JSON text',
  value: 'a value',
  'first-value': 'a value or "]"',
  'first-key': 'a member\'s name or "}"',
  key: "a member's name",
  colon: '":"',
  comma: '"," or the end of the list or object',
}

/**
 * Cuts JSON texts, one or more after each other, into records, which are whole values at given places. Where a value ends is told by quotes and brackets alone; records are parsed by who is given them, so that a malformed one
 * costs itself. Memory is bounded by a chunk and `maxBytes`.
 */
export const createJsonCutter = ({ decide, onRecord, maxBytes = MAX_RECORD_BYTES }: CutOptions): JsonCutter => {
  const frames: Frame[] = []
  let expected: Expected = 'root'
  /** Of the value that comes next. */
  let path = ''
  /** Bytes before the chunk in hand. */
  let before = 0

  // Of the value that is passed over or kept.
  let isInValue = false
  let isRecord = false
  let isScalar = false
  let isText = false
  let isEscaped = false
  let depth = 0
  let deepest = 0
  let length = 0
  /** Of a record, and of the name of a member, what earlier chunks had of it. */
  let kept: Uint8Array[] = []
  let keptBytes = 0
  let isInKey = false

  const keep = (bytes: Uint8Array): void => {
    const room = maxBytes - keptBytes
    if (room <= 0) return
    const part = bytes.slice(0, room)
    kept.push(part)
    keptBytes += part.length
  }

  const taken = (last: Uint8Array): Uint8Array => {
    if (kept.length === 0) return last
    const all = Buffer.concat([...kept, last])
    kept = []
    keptBytes = 0
    return all
  }

  /** Index behind the value, or the chunk's length where it does not end there. */
  const endOfValue = (chunk: Uint8Array, from: number): number =>
    isScalar ? endOfScalar(chunk, from) : endOfText(chunk, from)

  const endOfScalar = (chunk: Uint8Array, from: number): number => {
    for (let i = from; i < chunk.length; i++) {
      const c = chunk[i]
      if (c !== COMMA && c !== SEPARATOR && !isClosing(c) && !isBlank(c)) continue
      isInValue = false
      return i
    }
    return chunk.length
  }

  /** Of texts, lists and objects. What changes with each byte is in variables of its own, which are faster. */
  const endOfText = (chunk: Uint8Array, from: number): number => {
    const end = chunk.length
    let [i, level, highest, inText, escaped] = [from, depth, deepest, isText, isEscaped]
    while (i < end) {
      if (inText) {
        if (escaped) {
          escaped = false
          i++
        }
        while (i < end && chunk[i] !== QUOTE && chunk[i] !== BACKSLASH) i++
        if (i === end) break
        if (chunk[i++] === BACKSLASH) {
          escaped = true
          continue
        }
        inText = false
        if (level > 0) continue
        isInValue = false
        break
      }
      const c = chunk[i++]
      if (c === QUOTE) inText = true
      else if (c < OPEN_ARRAY) continue
      else if (isOpening(c)) {
        if (++level > highest) highest = level
      } else if (isClosing(c) && --level === 0) {
        isInValue = false
        break
      }
    }
    depth = level
    deepest = highest
    isText = inText
    isEscaped = escaped
    return i
  }

  const endRecord = (last: Uint8Array): void => {
    const bytes = taken(last)
    if (length > maxBytes) onRecord({ path, bytes: bytes.subarray(0, maxBytes), length, fault: 'record-too-long' })
    else if (deepest > MAX_DEPTH) onRecord({ path, bytes, length, fault: 'too-deep' })
    else onRecord({ path, bytes, length })
  }

  const afterValue = (): void => {
    expected = frames.length === 0 ? 'root' : 'comma'
  }

  /** @returns the index behind what of the value, or of its end, is in the chunk */
  const goOn = (chunk: Uint8Array, from: number): number => {
    const end = endOfValue(chunk, from)
    length += end - from
    if (isRecord) {
      if (isInValue) keep(chunk.subarray(from, end))
      else endRecord(chunk.subarray(from, end))
    }
    if (!isInValue) afterValue()
    return end
  }

  const beginValue = (chunk: Uint8Array, at: number): number => {
    const c = chunk[at]
    const kind = c === OPEN_OBJECT ? 'object' : c === OPEN_ARRAY ? 'array' : 'scalar'
    const frame = frames.at(-1)
    const part = frame?.isArray === true ? 'record' : decide(path, kind)
    if ((part === 'enter' && kind === 'object') || (part === 'elements' && kind === 'array')) {
      frames.push({ isArray: kind === 'array', path })
      expected = kind === 'array' ? 'first-value' : 'first-key'
      return at + 1
    }
    if (c === COLON || c === COMMA || isClosing(c)) throw unexpected(at)
    isInValue = true
    isRecord = part === 'record'
    isScalar = kind === 'scalar' && c !== QUOTE
    isText = false
    isEscaped = false
    depth = 0
    deepest = 0
    length = 0
    return goOn(chunk, at)
  }

  const readKey = (chunk: Uint8Array, from: number): number => {
    let i = from
    for (; i < chunk.length; i++) {
      const c = chunk[i]
      if (isEscaped) isEscaped = false
      else if (c === BACKSLASH) isEscaped = true
      else if (c === QUOTE) {
        const name = nameOf(taken(chunk.subarray(from, i)))
        const parent = frames.at(-1)!.path
        path = parent === '' ? name : `${parent}.${name}`
        isInKey = false
        expected = 'colon'
        return i + 1
      }
    }
    keep(chunk.subarray(from))
    return i
  }

  const close = (): void => {
    frames.pop()
    afterValue()
  }

  const unexpected = (at: number): FleetError =>
    new FleetError('import.invalid', `byte ${before + at + 1} should be ${NAMES[expected]}: the file is not whole JSON`)

  /** A byte of what lies around values. */
  const step = (chunk: Uint8Array, at: number): number => {
    const c = chunk[at]
    if (isBlank(c)) return at + 1
    if (expected === 'root') {
      path = ''
      return c === SEPARATOR || isByteOrderMark(c) ? at + 1 : beginValue(chunk, at)
    }
    if (expected === 'value') return beginValue(chunk, at)
    if (expected === 'colon') {
      if (c !== COLON) throw unexpected(at)
      expected = 'value'
      return at + 1
    }
    const { isArray, path: parent } = frames.at(-1)!
    path = parent
    const isEnd = c === (isArray ? CLOSE_ARRAY : CLOSE_OBJECT)
    if (expected === 'comma' && c === COMMA) expected = isArray ? 'value' : 'key'
    else if (isEnd && (expected === 'comma' || expected === 'first-value' || expected === 'first-key')) close()
    else if (expected === 'first-value') return beginValue(chunk, at)
    else if (c === QUOTE && (expected === 'first-key' || expected === 'key')) {
      isInKey = true
      isEscaped = false
    } else throw unexpected(at)
    return at + 1
  }

  return {
    write: (chunk) => {
      let at = 0
      while (at < chunk.length) {
        if (isInValue) at = goOn(chunk, at)
        else if (isInKey) at = readKey(chunk, at)
        else at = step(chunk, at)
      }
      before += chunk.length
    },
    end: () => {
      if (isInValue && isScalar && frames.length === 0) {
        isInValue = false
        if (isRecord) endRecord(new Uint8Array(0))
        return
      }
      if (isInValue || frames.length > 0)
        throw new FleetError('import.invalid', `the file breaks off at byte ${before}: it is not whole JSON`)
    },
  }
}

const nameOf = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  if (!text.includes('\\')) return text
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}
