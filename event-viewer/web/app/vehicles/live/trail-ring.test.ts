import { expect, test } from 'vitest'
import { createSegment, markClean, readSegment, type Segment } from '../segments/segment-page.ts'
import { createTrailRing, type TrailRing } from './trail-ring.ts'

const piece = (startMs: number): Segment => ({ ...createSegment(), startMs, durationMs: 10, toX: startMs })

const kept = ({ pages }: TrailRing): number[][] =>
  pages.map((page) =>
    Array.from({ length: page.count }, (_, index) => {
      const segment = createSegment()
      readSegment(page, index, segment)
      return segment.startMs
    }),
  )

test('pieces fill page after page, and what is appended is all that a page has to upload', () => {
  const ring = createTrailRing({ pageSegments: 3, maxPages: 3 })
  for (let ms = 0; ms < 2; ms += 1) ring.append(piece(ms))
  expect(kept(ring)).toEqual([[0, 1]])
  markClean(ring.pages[0])
  for (let ms = 2; ms < 5; ms += 1) ring.append(piece(ms))
  expect(kept(ring)).toEqual([
    [0, 1, 2],
    [3, 4],
  ])
  expect(ring.pages.map(({ dirtyFrom, dirtyTo, lastEndMs }) => [dirtyFrom, dirtyTo, lastEndMs])).toEqual([
    [2, 3, 12],
    [0, 2, 14],
  ])
})

test('a full ring takes its oldest page again', () => {
  const ring = createTrailRing({ pageSegments: 2, maxPages: 2 })
  for (let ms = 0; ms < 5; ms += 1) ring.append(piece(ms))
  expect(kept(ring)).toEqual([[4], [2, 3]])
})

test('a cleared ring begins again with the pages that it has', () => {
  const ring = createTrailRing({ pageSegments: 2, maxPages: 3 })
  for (let ms = 0; ms < 5; ms += 1) ring.append(piece(ms))
  ring.clear()
  expect(kept(ring)).toEqual([[], [], []])
  for (let ms = 7; ms < 10; ms += 1) ring.append(piece(ms))
  expect(kept(ring)).toEqual([[7, 8], [9], []])
})
