import { shallowRef, type ShallowRef } from 'vue'
import { measureSeek } from './measure-seek.ts'
import { advance, play, type ReplayClock, seekTo } from './replay-clock.ts'

export const NOTHING: ReplayClock = { from: 0, to: 0, time: 0, speed: 1, isPlaying: false, isLooping: false }

/** Drives a clock by the browser's frames, while it plays and no longer. */
export interface Playback {
  readonly clock: Readonly<ShallowRef<ReplayClock>>
  /** Takes another clock, and draws its time. */
  set(clock: ReplayClock): void
  change(some: Partial<Pick<ReplayClock, 'speed' | 'isLooping'>>): void
  toggle(): void
  pause(): void
  seek(time: number): void
}

export interface PlaybackOptions {
  readonly draw: (time: number) => void
  /** For work slower than drawing: called once when time stands, else this often. */
  readonly settle: () => void
  readonly settleMs: number
}

export const createPlayback = ({ draw, settle, settleMs }: PlaybackOptions): Playback => {
  const clock = shallowRef(NOTHING)
  let frame: number | undefined
  let [frameMs, settledMs] = [0, 0]

  const become = (next: ReplayClock): void => {
    clock.value = next
    draw(next.time)
  }
  const onFrame = (nowMs: number): void => {
    if (clock.value.isPlaying) become(advance(clock.value, nowMs - frameMs))
    frameMs = nowMs
    if (!clock.value.isPlaying || nowMs - settledMs >= settleMs) {
      settledMs = nowMs
      settle()
    }
    frame = clock.value.isPlaying ? requestAnimationFrame(onFrame) : undefined
  }
  const pause = (): void => {
    clock.value = { ...clock.value, isPlaying: false }
  }
  const start = (): void => {
    clock.value = play(clock.value)
    frameMs = performance.now()
    frame ??= requestAnimationFrame(onFrame)
  }
  return {
    clock,
    set: (next) => {
      become(next)
      settle()
    },
    change: (some) => {
      clock.value = { ...clock.value, ...some }
    },
    toggle: () => (clock.value.isPlaying ? pause() : start()),
    pause,
    seek: (time) => {
      measureSeek(() => become(seekTo(clock.value, time)))
      frame ??= requestAnimationFrame(onFrame)
    },
  }
}
