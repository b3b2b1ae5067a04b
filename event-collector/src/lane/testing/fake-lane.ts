import type { Reading, StoredMove, StreamState, TableOffsets } from '@fleetlake/hub'
import type { SealOptions } from '../../core/seal.ts'
import type { BatchRange } from '../batch.ts'
import { createLaneState, type LaneEffect, type LaneEvent } from '../lane-state.ts'
import type { FakeReader, Published, StreamAndTable } from './stream-and-table.ts'

/** How a flush ends: `recorded`, after the batch's losses were recorded; `untold`, in the table, and its answer is lost. */
export type Outcome = 'commit' | 'give-up' | 'give-up-recorded' | 'commit-untold'

/** For tests: a lane without columns, a clock or promises. Whatever takes time is answered when the test says so. */
export interface FakeLane {
  /** Sees to what is under way: its answer, or a part of it. @returns false when there is nothing, or no answer yet */
  answer(): boolean
  /** What is under way fails. */
  fail(): void
  /** The next message can be put into its batch in part only. */
  spoil(): void
  /** Ends the flush that is under way. */
  flush(outcome: Outcome): void
  tick(): void
  seal(): void
  ask(): void
  stop(): void
  readonly hasStopped: boolean
  readonly hasLeft: boolean
  readonly isBusy: boolean
  readonly isBuffering: boolean
  /** Contents of batches that were opened and not given back. */
  readonly held: number
  readonly sight: Sight
  /** The stream was rolled back: what it has noticed before is of no use. */
  forget(): void
}

/** By what a lane can notice that its stream was rolled back. */
export interface Sight {
  /** The furthest messages of the stream that it has taken in, and that were handed to it, by their serial numbers. */
  readonly marks: readonly number[]
  /** It has noticed, and has not begun to read again. */
  readonly isNoticing: boolean
  /** It has noticed, and has begun to read again. */
  readonly hasNoticed: boolean
  /** What was given up is being read again: a stream that is rolled back now and grows is not told from the one that was read. */
  readonly isRereading: boolean
  /** It stands behind a message that is missing, of which nothing is known. */
  readonly isAtGap: boolean
}

export interface FakeLaneDeps {
  readonly world: StreamAndTable
  now(): number
  /** Draws a whole number from 0 to below its argument. */
  below(most: number): number
  /** What happens, for people. */
  tell(text: string): void
  /** A message is in a batch. */
  onTaken(message: Published): void
}

interface Contents {
  readonly messages: Published[]
  rows: number
  maxTime: number
  isReleased: boolean
}

export const SEALING: SealOptions = { windowMs: 10, maxRows: 9, maxBytes: 1e9, maxAgeMs: 40, minAgeMs: 5 }

const NOT_READ = { created: '', sequence: 0, serial: 0 }

const fault = (text: string): never => {
  throw new Error(text)
}

const storyOf = (event: LaneEvent): string => {
  switch (event.kind) {
    case 'read':
      return `read ${JSON.stringify(event.reading, ['kind', 'from', 'to', 'moves', 'sequence'])}`
    case 'looked':
      return `looked ${JSON.stringify([event.stream, [...event.offsets.txns], event.storedAt, event.lastStoredAt])}`
    default:
      return event.kind
  }
}

export const createFakeLane = ({ world, now, below, tell, onTaken }: FakeLaneDeps): FakeLane => {
  const state = createLaneState({ partition: 0, maxStreamBytes: 400, seal: SEALING })
  /** Says whether there was an answer. */
  let pending: (() => boolean) | undefined
  let reader: FakeReader | undefined
  let message: Published | undefined
  let open: Contents | undefined
  let sealed: { readonly range: BatchRange; readonly text: string; readonly contents: Contents } | undefined
  const made: Contents[] = []
  let isSpoiling = false
  let hasStopped = false
  let leaves = 0
  let isEntered = false
  let isCareful = false
  let lookedLast = 0
  let carefulThrough = 0
  let isLooking = false
  let position = 0
  let furthest = NOT_READ
  /** What was read before the stream was rolled back, and may be read again. */
  let readAgainThrough = 0
  let isNoticing = false
  let hasNoticed = false
  let isAtGap = false

  const happen = (event: LaneEvent): void => {
    if (event.kind !== 'tick') tell(storyOf(event))
    for (const effect of state.step(event, now())) carryOut(effect)
  }
  const begin = (work: () => boolean): void => {
    if (pending !== undefined) fault('two things are under way')
    pending = work
  }
  /** What takes time in steps, each as of its own moment. */
  const inSteps = ([step, ...others]: readonly (() => void)[]): void =>
    begin(() => {
      step()
      if (others.length > 0) inSteps(others)
      return true
    })
  const look = ({ witness, asksLast }: Extract<LaneEffect, { kind: 'look' }>): void => {
    let stream: StreamState | undefined
    let storedAt: number | undefined
    let lastStoredAt: number | undefined
    inSteps([
      () => {
        isLooking = true
        stream = world.stream()
        storedAt = witness === undefined ? undefined : world.at(witness)
        lastStoredAt = asksLast ? world.at(stream.last) : undefined
      },
      () => {
        isLooking = false
        lookedLast = stream!.last
        happen({ kind: 'looked', stream: stream!, offsets: world.offsets(), storedAt, lastStoredAt })
      },
    ])
  }
  const compare = (next: number): void => {
    let offsets: TableOffsets | undefined
    inSteps([
      () => {
        offsets = world.offsets()
      },
      () => happen({ kind: 'compared', offsets: offsets!, nextStoredAt: world.at(next) }),
    ])
  }
  const read = (from: FakeReader): void =>
    begin(() => {
      const reading: Reading | undefined = world.read(from)
      if (reading !== undefined) happen({ kind: 'read', reading, stream: world.stream() })
      return reading !== undefined
    })
  const takeFrom = (moves: readonly StoredMove[], index: number): void =>
    inSteps([
      () => {
        if (index === moves.length || !state.isTaking()) return happen({ kind: 'taken' })
        const { sequence, timestampMs } = moves[index]
        if (isCareful && carefulThrough < sequence && sequence <= lookedLast)
          fault('a message is not decoded carefully')
        message = world.published[timestampMs - 1]
        try {
          happen({ kind: 'decoded', sequence, storedAt: timestampMs, startsAt: message.startsAt })
        } catch (error) {
          if (!isSpoiling) throw error
          isSpoiling = false
          return happen({ kind: 'failed', reason: 'no memory' })
        }
        return takeFrom(moves, index + 1)
      },
    ])
  const append = (batch: Contents, one: Published): void => {
    batch.messages.push(one)
    if (isSpoiling) throw new Error('no memory')
    batch.rows += one.rows
    batch.maxTime = Math.max(batch.maxTime, one.startsAt)
    position = one.sequence
    isAtGap = false
    if (furthest.created !== one.created || furthest.sequence < position) furthest = one
    onTaken(one)
    happen({ kind: 'appended', rows: batch.rows, bytes: batch.rows * 40, maxTime: batch.maxTime })
  }
  const release = (contents: Contents | undefined): void => {
    if (contents === undefined || contents.isReleased) return fault('columns are given back that are not held')
    contents.isReleased = true
  }
  const notice = (warning: string): void => {
    if (warning.startsWith('messages are missing')) isAtGap = true
    if (!warning.startsWith('the stream was')) return tell(`  ${warning}`)
    isNoticing = warning.includes('restored')
    readAgainThrough = isNoticing ? Math.max(furthest.sequence, readAgainThrough) : 0
    furthest = NOT_READ
    tell(`  ${warning}`)
  }
  const carryOut = (effect: LaneEffect): void => {
    switch (effect.kind) {
      case 'look':
        return look(effect)
      case 'open-reader':
        reader = { at: effect.from, seen: undefined, isClosed: false }
        position = effect.from.sequence
        hasNoticed ||= isNoticing
        isNoticing = false
        isAtGap = false
        isEntered = false
        return
      case 'close-reader':
        if (reader !== undefined) reader.isClosed = true
        return
      case 'read':
        return read(reader!)
      case 'enter':
        return inSteps([
          () => {
            isEntered = true
            isCareful = below(3) === 0
            happen({ kind: 'entered', isCareful })
          },
        ])
      case 'take':
        carefulThrough = effect.carefulThrough
        return takeFrom(effect.moves, 0)
      case 'compare':
        return compare(effect.to + 1)
      case 'pause':
        return inSteps([() => happen({ kind: 'paused' })])
      case 'open-batch':
        if (open !== undefined) fault('two batches are being filled')
        if (sealed !== undefined && effect.start.from !== sealed.range.to) fault('a batch does not follow the last one')
        open = { messages: [], rows: 0, maxTime: -Infinity, isReleased: false }
        made.push(open)
        return
      case 'append':
        return append(open ?? fault('there is no batch to put a message into'), message!)
      case 'seal':
        if (sealed !== undefined) fault('two batches are sealed')
        sealed = { range: effect.range, text: JSON.stringify([effect.range, open]), contents: open! }
        open = undefined
        return
      case 'release':
        if (effect.batch === 'open') {
          release(open)
          open = undefined
        } else {
          release(sealed?.contents)
          sealed = undefined
        }
        return
      case 'pass':
        if (!isEntered || (isCareful && sealed!.range.to < carefulThrough)) fault('it has not come so far')
        return
      case 'leave':
        if (sealed !== undefined || open !== undefined || !hasStopped) fault('it leaves something behind')
        leaves++
        return
      case 'warn':
        return notice(effect.message)
    }
  }
  const flush = (outcome: Outcome): void => {
    if (sealed === undefined) return
    const { range, text, contents } = sealed
    if (JSON.stringify([range, contents]) !== text) fault('a sealed batch has changed')
    tell(`flush ${range.appId} ${range.from}-${range.to} ${outcome}`)
    if (outcome !== 'give-up') world.losses.push(...range.losses)
    const isDone = outcome.startsWith('commit') && world.commit({ range, messages: contents.messages })
    happen({ kind: isDone && outcome === 'commit' ? 'committed' : 'given-up' })
  }

  happen({ kind: 'started' })
  return {
    answer: () => {
      const work = pending
      if (work === undefined) return false
      pending = undefined
      const isAnswered = work()
      if (!isAnswered) pending = work
      return isAnswered
    },
    fail: () => {
      if (pending === undefined) return
      pending = undefined
      isLooking = false
      happen({ kind: 'failed', reason: 'no answer' })
    },
    spoil: () => {
      isSpoiling = true
    },
    flush,
    tick: () => happen({ kind: 'tick', stream: reader === undefined ? undefined : world.stream() }),
    seal: () => happen({ kind: 'seal' }),
    ask: () => happen({ kind: 'asked', created: world.created, sequence: world.last }),
    stop: () => {
      hasStopped = true
      happen({ kind: 'stopped' })
    },
    forget: () => {
      hasNoticed = false
    },
    get hasStopped() {
      return hasStopped
    },
    get hasLeft() {
      return leaves > 0
    },
    get isBusy() {
      return pending !== undefined
    },
    get isBuffering() {
      return open !== undefined || sealed !== undefined
    },
    get held() {
      return made.filter(({ isReleased }) => !isReleased).length
    },
    get sight() {
      const isOf = ({ created }: { readonly created?: string }): boolean => created === world.created
      const isOpen = reader?.isClosed === false && isOf(reader.at)
      const handedOut = isOpen ? reader!.at.timestampMs : undefined
      const isUnknown = reader !== undefined && reader.at.sequence > 0 && reader.at.timestampMs === undefined
      return {
        marks: [...(isOf(furthest) ? [furthest.serial] : []), ...(handedOut === undefined ? [] : [handedOut])],
        isNoticing,
        hasNoticed,
        isRereading: isLooking || position < readAgainThrough || (isOf(furthest) && position < furthest.sequence),
        isAtGap: isAtGap || isUnknown || (sealed !== undefined && sealed.range.toTimestampMs === undefined),
      }
    },
  }
}
