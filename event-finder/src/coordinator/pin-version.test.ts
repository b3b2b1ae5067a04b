import type { Snapshot } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { createVersionPin } from './pin-version.ts'
import { createTail } from '../tail/tail.ts'

const never = (): never => {
  throw new Error('this was not to happen')
}

/** Reads the versions one after the other, then the last again and again; the hub says each time how far it knows the table. */
const pinOf = (versions: readonly number[], claimed: readonly (number | undefined)[]) => {
  const next = <Value>(values: readonly Value[]): (() => Value) => {
    let at = 0
    return () => values[Math.min(at++, values.length - 1)]
  }
  const [version, claim] = [next(versions), next(claimed)]
  const tail = createTail(
    { memory: 1e6, futureToleranceMs: 0, lingerMs: 1 },
    {
      read: never,
      broken: () => undefined,
      enter: never,
      decode: never,
      decodeCarefully: never,
      columns: { current: { measures: [] }, meet: never },
    },
  )
  const pin = createVersionPin({
    snapshot: async () =>
      ({ id: 't', version: version(), txns: new Map(), txnTimes: new Map() }) as unknown as Snapshot,
    look: async () => ({
      streams: new Map(),
      fed: { table: 't', hub: 'h', version: claim(), fingerprint: undefined },
    }),
    tail,
    flush: never,
    pause: async () => {},
  })
  return async () => {
    const { snapshot, tail: held } = await pin(new AbortController().signal)
    tail.stop()
    return [snapshot?.version, held.missing.map(({ path, reason }) => `${path}: ${reason}`)]
  }
}

test('a version that the hub has known and the table does not have is one of an older copy, and that is told', async () => {
  const told =
    'archive: it is an older copy of the archive that the hub has fed: it is at version 5, and the hub has fed version 9; restore a newer copy'
  expect(await pinOf([5], [9])()).toEqual([5, [told]])
})

test('a version that was committed while the table was read is not one of an older copy', async () => {
  expect(await pinOf([5, 6], [6])()).toEqual([6, []])
  expect(await pinOf([5, 6, 7], [6, 7])()).toEqual([7, []])
  expect(await pinOf([5], [5])()).toEqual([5, []])
  expect(await pinOf([5], [undefined])()).toEqual([5, []])
})
