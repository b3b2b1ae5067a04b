import nodeCrypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { createRandomStreams } from '@fleetlake/core'
import { install } from '@sinonjs/fake-timers'

/** Virtual time and seeded randomness for everything in this process. */
export interface VirtualTime {
  /** ms since the beginning. */
  elapsedMs(): number
  /** Uniform in [0, 1); of the story's own, so that what the programs draw does not change the story. */
  random(): number
  /** Lets time go on. */
  runFor(ms: number): Promise<void>
  /**
   * Lets time go on until the work is done.
   * @throws Error when it is not done within `withinMs`, and what the work throws
   */
  runUntil<Value>(work: Promise<Value>, withinMs: number, what: string): Promise<Value>
  /** Sets all clocks of the wall forward, as if nothing had happened meanwhile. Timers go on from where they are. */
  jump(ms: number): void
  restore(): void
}

/** Midnight comes soon: a date that is over is compacted. */
const START_MS = Date.UTC(2026, 0, 5, 23, 57)
const FAKED = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
] as const

const realImmediate = setImmediate

/** Invariant: what the simulation does is a function of the seed. So nothing in it may wait for a disk, a thread, a process or a network. */
export const installVirtualTime = (seed: number): VirtualTime => {
  const streams = createRandomStreams(Uint32Array.of(seed, seed ^ 0x5bd1e995))
  const clock = install({ now: START_MS, toFake: [...FAKED] })
  const restoreRandom = replaceRandom(() => streams.next(1))
  const restoreTimeout = replaceAbortTimeout()
  syncBuiltinESMExports()

  /** One timer, then all that follows from it without another. */
  const step = (): Promise<void> => {
    clock.next()
    return new Promise((resolve) => realImmediate(resolve))
  }
  return {
    elapsedMs: () => Date.now() - START_MS,
    random: () => streams.next(0),
    runFor: async (ms) => {
      let isOver = false
      clock.setTimeout(() => (isOver = true), ms)
      while (!isOver) await step()
    },
    runUntil: async (work, withinMs, what) => {
      let [isDone, isOver] = [false, false]
      const done = (): void => void (isDone = true)
      work.then(done, done)
      const timer = clock.setTimeout(() => (isOver = true), withinMs)
      await new Promise((resolve) => realImmediate(resolve))
      while (!isDone && !isOver) await step()
      clock.clearTimeout(timer)
      if (!isDone) throw new Error(`${what} was not done within ${withinMs / 1000} s`)
      return work
    },
    jump: (ms) => clock.setSystemTime(Date.now() + ms),
    restore: () => {
      restoreTimeout()
      restoreRandom()
      clock.uninstall()
      syncBuiltinESMExports()
    },
  }
}

const replace = <Key extends string>(owner: object, key: Key, value: unknown): (() => void) => {
  const before = Reflect.get(owner, key) as unknown
  Reflect.set(owner, key, value)
  return () => Reflect.set(owner, key, before)
}

/** All randomness that programs ask of Node. */
const replaceRandom = (random: () => number): (() => void) => {
  const fill = <Bytes extends Uint8Array>(bytes: Bytes): Bytes => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(random() * 256)
    return bytes
  }
  const randomUUID = (): string => {
    const hex = Buffer.from(fill(new Uint8Array(16))).toString('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      '-',
    )
  }
  const restore = [
    replace(Math, 'random', random),
    replace(globalThis.crypto, 'getRandomValues', fill),
    replace(globalThis.crypto, 'randomUUID', randomUUID),
    replace(nodeCrypto, 'randomUUID', randomUUID),
    replace(nodeCrypto, 'randomBytes', (size: number) => Buffer.from(fill(new Uint8Array(size)))),
  ]
  return () => {
    for (const undo of restore.toReversed()) undo()
  }
}

/** Node's own goes by real time. */
const replaceAbortTimeout = (): (() => void) =>
  replace(AbortSignal, 'timeout', (ms: number) => {
    const aborter = new AbortController()
    setTimeout(() => aborter.abort(new DOMException('the time is up', 'TimeoutError')), ms)
    return aborter.signal
  })
