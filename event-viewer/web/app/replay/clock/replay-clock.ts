/** Where a replay is and how it goes on; times are ms since the epoch, within `[from, to]`. */
export interface ReplayClock {
  readonly from: number
  readonly to: number
  readonly time: number
  /** Seconds replayed in a second. */
  readonly speed: number
  readonly isPlaying: boolean
  readonly isLooping: boolean
}

export const SPEEDS: readonly number[] = [1, 2, 5, 10, 30, 60, 120, 300, 1000]

/** A frame that comes later than this was not drawn for another reason than its work: a page in the background does not play on. */
const LONGEST_FRAME_MS = 1000

const within = (time: number, { from, to }: Pick<ReplayClock, 'from' | 'to'>): number =>
  Math.min(to, Math.max(from, time))

export const seekTo = (clock: ReplayClock, time: number): ReplayClock => ({ ...clock, time: within(time, clock) })

/** Begins again where it has come to its end. */
export const play = (clock: ReplayClock): ReplayClock => ({
  ...clock,
  isPlaying: true,
  time: clock.time >= clock.to ? clock.from : clock.time,
})

/** What it is after a frame: at its end it stands, or begins again when looping. */
export const advance = (clock: ReplayClock, elapsedMs: number): ReplayClock => {
  if (!clock.isPlaying) return clock
  const time = clock.time + Math.min(elapsedMs, LONGEST_FRAME_MS) * clock.speed
  if (time < clock.to) return { ...clock, time }
  const length = clock.to - clock.from
  if (!clock.isLooping || length <= 0) return { ...clock, time: clock.to, isPlaying: false }
  return { ...clock, time: clock.from + ((time - clock.from) % length) }
}

export const faster = (speed: number): number => SPEEDS.find((each) => each > speed) ?? SPEEDS.at(-1)!

export const slower = (speed: number): number => SPEEDS.findLast((each) => each < speed) ?? SPEEDS[0]

/** A little after the beginning: at the very first report there is nothing but the vehicle that made it. */
export const openingTime = ({ from, to }: Pick<ReplayClock, 'from' | 'to'>): number =>
  Math.round(from + (to - from) / 100)

/** A speed of the choice that lets a period pass in half a minute or so. */
export const fittingSpeed = ({ from, to }: Pick<ReplayClock, 'from' | 'to'>): number =>
  SPEEDS.find((speed) => (to - from) / speed <= 45_000) ?? SPEEDS.at(-1)!
