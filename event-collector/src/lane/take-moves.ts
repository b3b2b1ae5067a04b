import type { ColumnWatch } from '@fleetlake/archive'
import { measureRowBytes } from '@fleetlake/columnar'
import { type DecodedMove, moveStreamName } from '@fleetlake/contracts'
import { digestFault, type StoredMove, traceOf } from '@fleetlake/hub'
import { BYTES_PER_ROW } from '../core/buffer-columns.ts'
import { takeIn } from '../core/take-in.ts'
import type { OpenContents } from './batch.ts'
import { letterOfMalformed, letterOfRows } from './dead-letters.ts'

/** A message that is ready to be put into a batch. */
export interface Message {
  readonly move: StoredMove
  readonly contentType: string | undefined
  readonly decoded: DecodedMove
  /** Its bytes are not those that were published: what it held is lost. */
  readonly isDamaged: boolean
}

type Decode = (payload: Uint8Array, contentType: string | undefined) => DecodedMove | Promise<DecodedMove>

export interface DecodeDeps {
  readonly decode: Decode
  /** Each message alone, in a process of its own: where readers have ended abnormally. */
  readonly decodeCarefully: Decode
  /** By them it is decided what of a message's measures goes where. */
  readonly columns: ColumnWatch
  /** Waits while the buffers of all partitions are over the budget. */
  room(): Promise<void>
}

export interface TakeOptions {
  /** Messages up to here are decoded carefully. */
  readonly carefulThrough: number
  /** Asked after each wait. */
  isWanted(): boolean
  take(message: Message): void
}

/** Messages may unpack to many times their bytes: there is to be room for them again after so much, though they were read at once. */
const UNASKED_BYTES = 8 * 1024 * 1024

/** About what a message takes once it is in a batch. */
const bytesOf = ({ rows }: DecodedMove): number =>
  rows === undefined ? 0 : rows.length * (BYTES_PER_ROW + measureRowBytes(rows.measures)) + rows.vehicleIdBytes.length

/** Decodes messages and has them taken, one after the other, for as long as they are wanted. Waits only where there is something to wait for. */
export const takeMoves = async (
  moves: readonly StoredMove[],
  { carefulThrough, isWanted, take }: TakeOptions,
  { decode, decodeCarefully, columns, room }: DecodeDeps,
): Promise<void> => {
  let unaskedBytes = 0
  for (const move of moves) {
    const contentType = move.header('content-type')
    const damage = digestFault(move)
    const decoding =
      damage === undefined
        ? (move.sequence <= carefulThrough ? decodeCarefully : decode)(move.data, contentType)
        : { reason: damage }
    const decoded = decoding instanceof Promise ? await decoding : decoding
    if (!isWanted()) return
    const meeting = decoded.rows === undefined ? undefined : columns.meet(decoded.rows)
    if (meeting !== undefined) {
      await meeting
      if (!isWanted()) return
    }
    unaskedBytes += bytesOf(decoded)
    if (unaskedBytes > UNASKED_BYTES) {
      await room()
      if (!isWanted()) return
      unaskedBytes = 0
    }
    take({ move, contentType, decoded, isDamaged: damage !== undefined })
  }
}

export interface AppendOptions {
  readonly partition: number
  /** Under which the table counts the stream. */
  readonly appId: string
  readonly geohashLength: number
  readonly futureToleranceMs: number
  readonly columns: ColumnWatch
  /** Whether what messages say of their traces is of use. */
  readonly isTraced?: boolean
}

/** Puts a message's rows into a batch, and what can't be archived of it as a letter. */
export const appendMessage = (
  contents: OpenContents,
  { move, contentType, decoded }: Message,
  { partition, appId, geohashLength, futureToleranceMs, columns, isTraced = false }: AppendOptions,
): void => {
  const { sequence, data, timestampMs } = move
  const trace = isTraced ? traceOf(move.header) : undefined
  if (trace !== undefined) contents.follow(trace)
  const origin = { appId, partition, stream: moveStreamName(partition), sequence, contentType }
  if (decoded.rows === undefined) return contents.keep(letterOfMalformed(origin, data, decoded.reason), [])
  const latestMs = timestampMs + futureToleranceMs
  const bad = takeIn(contents.buffer, decoded.rows, { geohashLength, latestMs, table: columns.current })
  if (bad.length > 0) contents.keep(letterOfRows(origin, data, decoded.rows, bad), bad)
}
