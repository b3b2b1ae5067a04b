import type { ColumnWatch } from '@fleetlake/archive'
import type { DecodedMove } from '@fleetlake/contracts'
import {
  digestFault,
  type Offset,
  type Origin,
  type PartitionEntry,
  type PartitionReader,
  type Reading,
  type ReaderState,
  type StoredMove,
} from '@fleetlake/hub'
import { createTailBlock, type TailBlock } from './tail-block.ts'
import type { TailMemory } from './tail-memory.ts'

/** Messages that are not in the stream any more: archived and purged, or lost; or such whose bytes are not those that were published. */
export interface Gap {
  readonly from: number
  /** Inclusive. */
  readonly to: number
  /** When the last of them was found, by `performance.now()`. */
  readonly foundAt: number
  readonly isDamaged?: boolean
}

/** A part of a tail that stays in memory until it is released. */
export interface HeldBlock {
  readonly block: TailBlock
  /** Of its messages those in `(after, through]` count. */
  readonly after: number
  readonly through: number
  release(): void
}

/**
 * The messages of one stream after an offset, in memory. Invariant: what is in hand is contiguous, but for the gaps told; a lane whose stream
 * turns out to be another, or in an earlier state, or whose connection is lost, has ended and gives nothing any more.
 */
export interface TailLane {
  readonly origin: Origin
  /** Messages up to here are not in hand (any more). */
  readonly from: number
  /** Read up to here. */
  readonly to: number
  /** `reading`: the stream was found to continue at the origin. */
  readonly state: 'opening' | 'reading' | 'rolled-back' | 'ended'
  readonly gaps: readonly Gap[]
  /** Whether there is no memory to read on with. */
  isPaused(): boolean
  /** The messages up to here are archived: no search needs them from the tail any more. */
  trim(through: number): void
  /** The messages in `(after, through]`; `after` is not below `from`. */
  hold(after: number, through: number): HeldBlock[]
  end(): void
}

export interface TailLaneDeps {
  read(from: Offset, onState: (state: ReaderState) => void): PartitionReader
  decode(payload: Uint8Array, contentType: string | undefined): DecodedMove | Promise<DecodedMove>
  /** Each message alone, in a process of its own, as collectors do where readers have ended abnormally. */
  decodeCarefully(payload: Uint8Array, contentType: string | undefined): Promise<DecodedMove>
  /** The readers that have ended abnormally here; never rejects. */
  enter(): Promise<PartitionEntry>
  /** The measures of the table: a message's measures are placed by them, as the collector will. */
  readonly columns: ColumnWatch
  readonly memory: TailMemory
  readonly futureToleranceMs: number
  /** It has come on, or has ended. */
  onChange(): void
}

interface Kept {
  readonly block: TailBlock
  bytes: number
  holders: number
  isDropped: boolean
}

/** What a gap takes of memory. */
const GAP_BYTES = 96

export const createTailLane = (
  origin: Origin,
  { read, decode, decodeCarefully, enter, columns, memory, futureToleranceMs, onChange }: TailLaneDeps,
): TailLane => {
  let from = origin.from.sequence
  let to = from
  let floor = from
  let state: TailLane['state'] = 'opening'
  let isPaused = false
  let kept: Kept[] = []
  const gaps: Gap[] = []
  /** Undefined until a message is read. */
  let entry: PartitionEntry | undefined
  let hasPassed = false
  /** What the stream held by then: what readers before this one met is in there. */
  let lastAtEntry = 0
  /** Messages up to here are decoded carefully. */
  let carefulThrough = 0
  const hasEnded = (): boolean => state === 'ended' || state === 'rolled-back'

  const free = (one: Kept): void => {
    if (one.isDropped && one.holders === 0) memory.change(-one.bytes)
  }
  const drop = (dropped: readonly Kept[]): void => {
    for (const one of dropped) {
      one.isDropped = true
      free(one)
    }
  }
  /** Those that follow upon each other are one. */
  const addGap = (gap: Gap): void => {
    const last = gaps.at(-1)
    if (last !== undefined && last.to + 1 === gap.from && last.isDamaged === gap.isDamaged) {
      gaps[gaps.length - 1] = { ...gap, from: last.from }
      return
    }
    gaps.push(gap)
    memory.change(GAP_BYTES)
  }
  const dropGaps = (count: number): void => {
    gaps.splice(0, count)
    memory.change(-count * GAP_BYTES)
  }
  const end = (how: 'ended' | 'rolled-back'): void => {
    if (hasEnded()) return
    state = how
    drop(kept)
    kept = []
    dropGaps(gaps.length)
    void reader.close()
    void entry?.leave()
    onChange()
  }

  const blockFor = (rows: number): Kept => {
    const last = kept.at(-1)
    if (last !== undefined && last.block.to === to && last.block.fits(rows)) return last
    const block = createTailBlock(to)
    const made = { block, bytes: 0, holders: 0, isDropped: false }
    kept.push(made)
    return made
  }
  const take = ({ sequence, timestampMs }: StoredMove, { rows }: DecodedMove): void => {
    const one = blockFor(rows?.length ?? 0)
    one.block.add(rows, timestampMs + futureToleranceMs, columns.current)
    to = sequence
    memory.change(one.block.bytes - one.bytes)
    one.bytes = one.block.bytes
  }
  const waitForRoom = async (): Promise<void> => {
    while (memory.isFull() && !hasEnded()) {
      isPaused = true
      onChange()
      await memory.room()
      isPaused = false
    }
  }
  const begin = async (last: number): Promise<void> => {
    const entered = await enter()
    if (hasEnded()) return entered.leave()
    entry = entered
    lastAtEntry = Math.max(last, reader.info()?.last ?? 0)
    if (entry.isCareful) carefulThrough = lastAtEntry
  }
  /** Those that ended abnormally here are forgotten. */
  const pass = (): void => {
    if (entry === undefined || hasPassed || to < lastAtEntry) return
    hasPassed = true
    entry.passed()
  }
  /** Messages may unpack to many times their bytes: there is to be room before each. */
  const takeAll = async (moves: readonly StoredMove[]): Promise<void> => {
    if (entry === undefined) await begin(moves.at(-1)?.sequence ?? to)
    if (hasEnded()) return
    for (const move of moves) {
      if (move.sequence > floor && memory.isFull()) await waitForRoom()
      if (hasEnded()) return
      if (move.sequence !== to + 1) throw new Error(`read ${move.sequence} after ${to}`)
      if (move.sequence <= floor) {
        to = move.sequence
        from = to
        continue
      }
      const isCareful = move.sequence <= carefulThrough
      const damage = digestFault(move)
      const decoding =
        damage === undefined
          ? (isCareful ? decodeCarefully : decode)(move.data, move.header('content-type'))
          : { reason: damage }
      const decoded = decoding instanceof Promise ? await decoding : decoding
      if (hasEnded()) return
      const meeting = decoded.rows && columns.meet(decoded.rows)
      if (meeting !== undefined) await meeting
      if (hasEnded()) return
      take(move, decoded)
      const { sequence } = move
      if (damage !== undefined) addGap({ from: sequence, to: sequence, foundAt: performance.now(), isDamaged: true })
    }
    pass()
  }
  const obey = async (reading: Reading): Promise<void> => {
    switch (reading.kind) {
      case 'moves':
        return takeAll(reading.moves)
      case 'gap':
        addGap({ from: reading.from, to: reading.to, foundAt: performance.now() })
        to = reading.to
        return
      case 'rolled-back':
        return end('rolled-back')
      case 'recreated':
      case 'closed':
        return end('ended')
    }
  }
  const follow = async (): Promise<void> => {
    try {
      while (!hasEnded()) {
        if (state === 'reading') await waitForRoom()
        await obey(await reader.next())
        onChange()
      }
    } catch {
      // The next search that needs the stream begins again.
      end('ended')
    }
  }

  const reader = read(origin.from, (told) => {
    if (hasEnded()) return
    // What is said of a stream holds for as long as the connection: a server that was away may have been restored.
    if (told.state === 'waiting') return end('ended')
    state = 'reading'
    onChange()
  })
  void follow()

  return {
    origin,
    gaps,
    get from() {
      return from
    },
    get to() {
      return to
    },
    get state() {
      return state
    },
    isPaused: () => isPaused,
    trim: (through) => {
      floor = Math.max(floor, through)
      const isDue = ({ block }: Kept): boolean => block.to <= floor
      drop(kept.filter(isDue))
      kept = kept.filter((one) => !isDue(one))
      from = Math.max(from, Math.min(floor, kept[0]?.block.from ?? to))
      const open = gaps.findIndex((gap) => gap.to > floor)
      dropGaps(open < 0 ? gaps.length : open)
    },
    hold: (after, through) =>
      kept
        .filter(({ block }) => after < through && block.to > after && block.from < through)
        .map((one) => {
          one.holders++
          let isHeld = true
          const release = (): void => {
            if (!isHeld) return
            isHeld = false
            one.holders--
            free(one)
          }
          return { block: one.block, after, through, release }
        }),
    end: () => end('ended'),
  }
}
