import { createFakeLane, type FakeLane } from './fake-lane.ts'
import { createStreamAndTable, type Published, type StreamAndTable } from './stream-and-table.ts'

/** For tests: a stream, a table, and the lanes between them, with what may be done to the stream meanwhile. */
export interface LaneWorld extends StreamAndTable {
  /** All that ever were. */
  readonly lanes: readonly FakeLane[]
  openLane(): FakeLane
  pass(ms: number): void
  /** Whether the table has every message that the stream holds. */
  isArchived(): boolean
  isHeld(message: Published): boolean
  /** Whether a lane that lives has taken it in, or can see that it is missing. */
  isKnown(message: Published): boolean
  publishOne(): void
  /** As a purger does: what is committed, but for the last message, and only while the stream still has that one. */
  purge(): void
  /** The first messages go, or one in the middle: that the last one is gone would show by the next one only. */
  lose(): void
  loseOne(): void
  restore(): void
  remake(): void
}

export interface LaneWorldOptions {
  /** Draws a whole number from 0 to below its argument. */
  below(most: number): number
  /** What happens, for people. */
  tell(text: string): void
}

export const createLaneWorld = ({ below, tell }: LaneWorldOptions): LaneWorld => {
  const world = createStreamAndTable()
  const { published, missing } = world
  const lanes: FakeLane[] = []
  /** By the messages' serial numbers: the lanes that have taken them in. */
  const takers = new Map<number, Set<FakeLane>>()
  let nowMs = 1_000

  const living = (): FakeLane[] => lanes.filter(({ hasLeft }) => !hasLeft)
  const isThere = (serial: number): boolean =>
    missing.has(serial) || world.at(published[serial - 1].sequence) === serial
  /** The stream was rolled back, and a lane, or the next one, is still to notice that. What tells it must not be lost before. */
  const isUnnoticed = (): boolean => {
    const { serial } = world.archived()
    const isKnown = living().length > 0 && living().every(({ sight }) => sight.hasNoticed)
    if (serial !== undefined && !isThere(serial) && !isKnown) return true
    return living().some(({ sight }) => sight.isNoticing || !sight.marks.every(isThere))
  }
  /** Whether there is anything that tells the stream from itself in an earlier state. */
  const hasWitness = (): boolean => {
    const { sequence, serial } = world.archived()
    if (sequence > 0 && (serial === undefined || missing.has(serial))) return false
    return living().every(
      ({ sight }) => !sight.isRereading && !sight.isAtGap && !sight.marks.some((mark) => missing.has(mark)),
    )
  }
  const lose = (which: (sequence: number) => boolean, what: string): void => {
    if (isUnnoticed()) return
    world.remove(which, true)
    tell(`lose ${what}`)
  }

  return Object.assign(Object.create(world) as StreamAndTable, {
    lanes,
    openLane: () => {
      const id = lanes.length
      const lane: FakeLane = createFakeLane({
        world,
        now: () => nowMs,
        below,
        tell: (text) => tell(`${id}: ${text}`),
        onTaken: ({ serial }) => takers.set(serial, (takers.get(serial) ?? new Set()).add(lane)),
      })
      lanes.push(lane)
      return lane
    },
    pass: (ms: number) => {
      nowMs += ms
    },
    isArchived: () => {
      const found = new Set(world.committed.flatMap(({ messages }) => messages.map(({ serial }) => serial)))
      return published.every((message) => found.has(message.serial) || world.at(message.sequence) !== message.serial)
    },
    isHeld: ({ serial, sequence }: Published) => world.at(sequence) === serial,
    isKnown: ({ serial }: Published) =>
      missing.has(serial) || [...(takers.get(serial) ?? [])].some(({ hasStopped }) => !hasStopped),
    publishOne: () => {
      world.publish({ startsAt: nowMs + below(20), rows: below(4) })
      tell(`publish ${world.created}:${world.last} as ${published.length}`)
    },
    purge: () => {
      const { sequence, serial } = world.archived()
      if (sequence === 0 || world.at(sequence) !== serial) return
      world.remove((one) => one < sequence, false)
      tell(`purge before ${sequence}`)
    },
    lose: () => {
      const through = below(world.last + 1)
      lose((sequence) => sequence <= through, `through ${through}`)
    },
    loseOne: () => {
      const one = 1 + below(world.last)
      if (one < world.last) lose((sequence) => sequence === one, String(one))
    },
    restore: () => {
      if (!hasWitness()) return
      world.rollBack(below(world.last + 1))
      for (const lane of lanes) lane.forget()
      tell(`roll back to ${world.last}`)
    },
    remake: () => {
      world.recreate()
      tell(`make again ${world.created}`)
    },
  })
}
