import { dateOf } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkpointPaths,
  chunkPath,
  commitPath,
  decodePath,
  encodePath,
  parseChunkPath,
  parseLogPath,
} from './paths.ts'

const chunkName = fc.record({
  date: fc.integer({ min: 0, max: 4e12 }).map(dateOf),
  cell: fc.stringMatching(/^[0-9b-hjkmnp-z]{1,6}$/),
  windowStart: fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1_000),
  id: fc.stringMatching(/^[0-9a-z]{1,20}$/),
  extension: fc.constantFrom('.parquet', '.csv.gz', '.ndjson', '.arrow'),
})

describe('paths', () => {
  test('a chunk is named by date, cell and window', () => {
    const name = {
      date: '2026-11-21',
      cell: '69y7p',
      windowStart: Date.UTC(2026, 10, 21, 10, 10),
      id: '7f3a',
      extension: '.parquet',
    }
    expect(chunkPath(name)).toBe('date=2026-11-21/cell=69y7p/20261121T101000Z-7f3a.parquet')
  })

  test('parsing a chunk path is the inverse of making one', () => {
    fc.assert(
      fc.property(chunkName, (name) => {
        expect(parseChunkPath(chunkPath(name))).toEqual(name)
      }),
    )
  })

  test.each(['part-0001.parquet', 'date=2026-11-21/part.parquet', 'date=2026-11-21/cell=69y7p/x.parquet', ''])(
    'the path "%s" of another writer says nothing',
    (path) => expect(parseChunkPath(path)).toBeUndefined(),
  )

  test('decoding is the inverse of encoding, and what is encoded is a URI path', () => {
    const segment = fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => !s.includes('/') && s.isWellFormed())
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
        const encoded = encodePath(segments.join('/'))
        expect(decodePath(encoded)).toBe(segments.join('/'))
        expect(encoded).toMatch(/^[A-Za-z0-9_.!~*'()%=/-]*$/)
      }),
    )
  })

  test('our own paths are the same when encoded', () => {
    fc.assert(
      fc.property(chunkName, (name) => {
        expect(encodePath(chunkPath(name))).toBe(chunkPath(name))
      }),
    )
  })

  test.each(['/absolute.parquet', 's3://bucket/x.parquet', 'file:/x.parquet'])(
    'a file outside the table is refused: %s',
    (path) => {
      expect(() => decodePath(path)).toThrow(fault('table.unsupported'))
    },
  )

  test('a path that is not URI-encoded is refused', () => {
    expect(() => decodePath('100%/x.parquet')).toThrow(fault('table.invalid'))
  })

  test('log files carry their version in 20 digits', () => {
    expect(commitPath(7)).toBe('_delta_log/00000000000000000007.json')
    expect(parseLogPath(commitPath(7))).toEqual({ kind: 'commit', version: 7 })
    expect(checkpointPaths(100)).toEqual(['_delta_log/00000000000000000100.checkpoint.parquet'])
    expect(parseLogPath(checkpointPaths(100)[0])).toEqual({ kind: 'checkpoint', version: 100 })
    expect(checkpointPaths(100, 2)).toEqual([
      '_delta_log/00000000000000000100.checkpoint.0000000001.0000000002.parquet',
      '_delta_log/00000000000000000100.checkpoint.0000000002.0000000002.parquet',
    ])
    expect(parseLogPath(checkpointPaths(100, 2)[1])).toEqual({ kind: 'checkpoint', version: 100, parts: 2 })
  })

  test.each(['_delta_log/_last_checkpoint', '_delta_log/00000000000000000007.crc', '_delta_log/7.json', 'x'])(
    '%s is not a log file that we read',
    (path) => expect(parseLogPath(path)).toBeUndefined(),
  )
})
