import { setImmediate as turn } from 'node:timers/promises'
import { encodePositions, positionsOfRows, decodePositions } from '@fleetlake/columnar'
import type { AddFile, CommitRequest, CommitResult } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { type Batch, openContents, sealBatch } from '../lane/batch.ts'
import { takeIn } from '../core/take-in.ts'
import { letterOfMalformed, letterOfRows } from '../lane/dead-letters.ts'
import { flush, type FlushDeps, flushUntilDone } from './flush.ts'

const OPTIONS = { windowMs: 600_000, geohashLength: 5, minRows: 1 }
const HOUR_MS = 3_600_000

const lost = { partition: 0, created: 'c', epoch: 0, from: 11, to: 19, firstStored: 1, lastStored: 2 }

const batchOf = (partition: number, { rows = 3, letters = 0, losses = [] as (typeof lost)[] } = {}): Batch => {
  const appId = `P${partition}`
  const contents = openContents()
  const positions = positionsOfRows(
    Array.from({ length: rows }, (_, i) => ({
      vehicleId: `v-${i}`,
      vehicleType: 'taxi',
      eventTime: i * HOUR_MS,
      longitude: 1,
      latitude: 2,
      speed: 3,
      heading: 4,
    })),
  )
  takeIn(contents.buffer, positions, { geohashLength: 5, latestMs: 1e12, table: { measures: [] } })
  for (let i = 0; i < letters; i++) {
    const origin = { appId, partition, stream: '', sequence: 11 + i, contentType: undefined }
    contents.keep(letterOfMalformed(origin, Uint8Array.of(i), 'malformed'), [])
  }
  const range = { partition, appId, created: 'c', from: 10, to: 20, toTimestampMs: 77, fromTimestampMs: 77, readAt: 0 }
  return sealBatch({ ...range, losses }, contents)
}

interface Fake extends FlushDeps {
  readonly said: string[]
  readonly warnings: string[]
}

const fakeDeps = (overrides: Partial<FlushDeps> = {}): Fake => {
  const said: string[] = []
  const warnings: string[] = []
  let files = 0
  return {
    said,
    warnings,
    writeChunk: async ({ length }): Promise<AddFile> => {
      said.push('write')
      return { path: `f${++files}`, partitionValues: {}, size: length, modificationTime: 0 }
    },
    commit: async ({ parts, counts = [] }: CommitRequest): Promise<CommitResult> => {
      said.push(
        `commit ${counts.map((appId) => `${appId} `).join('')}${parts.map(({ add, offset }) => `${JSON.stringify(offset)} ${add.length}`).join(', ')}`,
      )
      return { status: 'committed', version: 5 }
    },
    storeLetter: async ({ id }) => {
      said.push(`letter ${id}`)
    },
    recordLosses: async (losses) => {
      said.push(`losses ${losses.map(({ from, to }) => `${from}-${to}`).join()}`)
    },
    onOtherHub: (hub) => said.push(`other hub ${hub}`),
    warn: (_, message) => warnings.push(message),
    ...overrides,
  }
}

const offset = (partition: number): string => `{"appId":"P${partition}","from":10,"to":20,"timestampMs":77}`

test('letters are stored before the files are written and the offset is committed', async () => {
  const stored = Promise.withResolvers<void>()
  const said: string[] = []
  const deps = fakeDeps({
    storeLetter: async ({ id }) => {
      said.push(id)
      await stored.promise
    },
  })
  const batch = batchOf(0, { letters: 2 })
  const flushing = flush([batch, batchOf(1)], OPTIONS, deps)
  await turn()
  expect([said, deps.said]).toEqual([['P0:11', 'P0:12'], []])
  stored.resolve()
  const flushed = await flushing
  expect(flushed.committed).toHaveLength(2)
  expect(deps.said).toEqual([...Array<string>(6).fill('write'), `commit ${offset(0)} 3, ${offset(1)} 3`])
})

test('a commit brings the columns for sources and attributes if one of its files has any and they may be missing', async () => {
  const asked: CommitRequest['columns'][] = []
  const deps = fakeDeps({
    commit: async ({ parts, columns }) => {
      asked.push(columns)
      const isStale = parts.length > 1
      return isStale
        ? { status: 'stale', streams: [{ appId: 'P0', offset: 12 }] }
        : { status: 'committed', version: asked.length }
    },
  })
  const batch = batchOf(0)
  const said = [{ vehicleId: 'v', vehicleType: 't', eventTime: 0, longitude: 1, latitude: 2, measures: { fuel: 1 } }]
  const taking = { geohashLength: 5, latestMs: 1e12, table: { measures: [] } }
  takeIn(batch.buffer, positionsOfRows(said), taking)
  await flush([batch, batchOf(1)], OPTIONS, deps)
  await flush([batch], OPTIONS, deps)
  // Of the batch that was stale nothing is left.
  const sourced = batchOf(2)
  const from = [{ ...said[0], measures: { source: 'GPS' } }]
  takeIn(sourced.buffer, positionsOfRows(from), taking)
  await flush([sourced], OPTIONS, deps)
  // One that the table has with a unit is its own.
  const known = batchOf(3)
  const table = { measures: [{ name: 'source', type: 'string' as const, unit: 'device' }] }
  takeIn(known.buffer, positionsOfRows(from), { ...taking, table })
  await flush([known], OPTIONS, deps)
  expect(asked.map((columns) => columns?.map(({ name }) => name))).toEqual([
    ['attributes'],
    undefined,
    ['attributes'],
    ['source'],
    undefined,
  ])
})

test('a letter that is refused holds the commit back, is told, and has the same id when it is tried again', async () => {
  const asked: string[] = []
  const deps = fakeDeps({
    storeLetter: async ({ id }) => {
      asked.push(id)
      if (asked.length < 3) throw new Error('refused')
    },
  })
  const flushed = await flushUntilDone([batchOf(0, { letters: 1 })], OPTIONS, {
    ...deps,
    signal: new AbortController().signal,
  })
  expect(asked).toEqual(['P0:11', 'P0:11', 'P0:11'])
  expect(deps.warnings).toEqual(Array(2).fill('a flush failed and is tried again: refused'))
  expect(flushed).toMatchObject({ version: 5, stale: [] })
  expect(deps.said.filter((what) => what.startsWith('commit'))).toHaveLength(1)
})

test('letters that are not answered are told, and a stop gives the flush up', async () => {
  const stopping = new AbortController()
  const told = Promise.withResolvers<string>()
  const deps = fakeDeps({
    storeLetter: () => new Promise(() => undefined),
    warn: (_, message) => told.resolve(message),
    patienceMs: 5,
  })
  const batches = [batchOf(0, { letters: 1 })]
  const flushing = flushUntilDone(batches, OPTIONS, { ...deps, signal: stopping.signal })
  expect(await told.promise).toMatch(/^dead letters are not stored yet/)
  stopping.abort()
  expect(await flushing).toEqual({ version: undefined, committed: [], stale: batches, written: [] })
  expect(deps.said).toEqual([])
})

test('a store that hangs is told while it does', async () => {
  const told: string[] = []
  const answer = Promise.withResolvers<void>()
  const deps = fakeDeps({
    writeChunk: async () => {
      await answer.promise
      return { path: 'f', partitionValues: {}, size: 1, modificationTime: 0 }
    },
    warn: (_, message) => {
      if (told.push(message) === 2) answer.resolve()
    },
    slowMs: 5,
  })
  const signal = new AbortController().signal
  expect(await flushUntilDone([batchOf(0)], OPTIONS, { ...deps, signal })).toMatchObject({ version: 5 })
  expect(told.slice(0, 2)).toEqual(
    Array(2).fill('a flush is slow: the store is slow or does not answer; the rows are safe in their streams'),
  )
})

test('a store that fails is tried again, and no failure goes unheard', async () => {
  let attempts = 0
  const deps = fakeDeps({
    writeChunk: async () => {
      await turn()
      if (++attempts <= 12) throw new Error(`failed ${attempts > 6 ? 'again' : 'once'}`)
      return { path: `f${attempts}`, partitionValues: {}, size: 1, modificationTime: 0 }
    },
  })
  const flushed = await flushUntilDone([batchOf(0, { rows: 9 })], OPTIONS, {
    ...deps,
    signal: new AbortController().signal,
  })
  expect(flushed.written.length).toBe(9)
  expect(deps.warnings.length).toBeGreaterThan(1)
})

test('a stale batch is taken out and the rest is committed; when all are, nothing is', async () => {
  const results: CommitResult[] = [
    { status: 'stale', streams: [{ appId: 'P1', offset: 3 }] },
    { status: 'committed', version: 9 },
    { status: 'stale', streams: [{ appId: 'P1', offset: 3 }] },
    { status: 'expired', ageMs: 1 },
  ]
  const deps = fakeDeps({ commit: async () => results.shift()! })
  const batches = [0, 1, 2].map((partition) => batchOf(partition))
  expect(await flush(batches, OPTIONS, deps)).toMatchObject({
    version: 9,
    committed: [batches[0], batches[2]],
    stale: [batches[1]],
  })
  expect(await flush([batches[1]], OPTIONS, deps)).toMatchObject({
    version: undefined,
    committed: [],
    stale: [batches[1]],
  })
  expect(await flush([batches[0]], OPTIONS, deps)).toMatchObject({ version: undefined, stale: [batches[0]] })
})

test('rows that can not be true and have become larger than their message are kept as the message', () => {
  const rows = positionsOfRows(
    Array.from({ length: 1_000 }, (_, i) => ({
      vehicleId: `${i}`.padEnd(400, 'x'),
      vehicleType: 'taxi',
      eventTime: 0,
      longitude: 1,
      latitude: 99,
      speed: 3,
      heading: 4,
    })),
  )
  const origin = { appId: 'P', partition: 0, stream: '', sequence: 1, contentType: undefined }
  const bad = Array.from({ length: 1_000 }, (_, index) => ({ index, reason: 'off-the-globe' as const }))
  const message = Uint8Array.of(1, 2, 3)
  expect(letterOfRows(origin, message, rows, bad)).toMatchObject({
    payload: message,
    headers: { 'fleet-rows': '1000', 'fleet-reason': 'off-the-globe' },
  })
  const small = letterOfRows(origin, message, rows, bad.slice(0, 10))
  expect(decodePositions(small.payload)!.length).toBe(10)
  expect(encodePositions(rows).byteLength).toBeGreaterThan(400_000)
})

test('a loss is recorded before the commit that moves an offset over it, which says that there is news of losses', async () => {
  const deps = fakeDeps()
  await flush([batchOf(0, { rows: 1, losses: [lost] }), batchOf(1, { rows: 1 })], OPTIONS, deps)
  const commit = `commit fleetlake.losses ${offset(0)} 1, ${offset(1)} 1`
  expect(deps.said).toEqual(['losses 11-19', 'write', 'write', commit])
})

test('while a loss can not be recorded nothing is committed; then it is, once', async () => {
  let failures = 2
  const recorded: string[] = []
  const deps = fakeDeps({
    recordLosses: async ([{ from, to }]) => {
      if (failures-- > 0) throw new Error('no store')
      recorded.push(`${from}-${to}`)
    },
  })
  await flushUntilDone([batchOf(0, { losses: [lost] })], OPTIONS, { ...deps, signal: new AbortController().signal })
  expect(recorded).toEqual(['11-19'])
  expect(deps.said.filter((what) => what.startsWith('commit'))).toHaveLength(1)
})

test('once another hub feeds the table all is given up, and that is told', async () => {
  const deps = fakeDeps({ commit: async () => ({ status: 'other-hub', hub: 'b' }) })
  const batches = [batchOf(0), batchOf(1)]
  expect(await flush(batches, OPTIONS, deps)).toMatchObject({ version: undefined, committed: [], stale: batches })
  expect(deps.said.at(-1)).toBe('other hub b')
})
