import {
  createSegmentPage,
  MAX_PAGE_SEGMENTS,
  writeSegment,
  type Segment,
  type SegmentPage,
} from '../segments/segment-page.ts'

/** 16 MiB in all: a minute of 40,000 vehicles that report every five seconds. Beyond, the oldest is overwritten. */
const MAX_PAGES = 32

/** Glides that are over, in the order in which they ended. Pages are only ever appended to; the oldest is taken again. */
export interface TrailRing {
  /** Made as they are needed. */
  readonly pages: readonly TrailPage[]
  append(piece: Segment): void
  clear(): void
}

export interface TrailPage extends SegmentPage {
  /** The end of the piece that ended last, int32 ms. */
  lastEndMs: number
}

export interface TrailRingOptions {
  readonly pageSegments?: number
  readonly maxPages?: number
}

export const createTrailRing = ({
  pageSegments = MAX_PAGE_SEGMENTS,
  maxPages = MAX_PAGES,
}: TrailRingOptions = {}): TrailRing => {
  const pages: TrailPage[] = []
  let current = -1

  const turnPage = (): void => {
    current = (current + 1) % maxPages
    if (current === pages.length) pages.push({ ...createSegmentPage(pageSegments), lastEndMs: 0 })
    pages[current].count = 0
  }

  return {
    pages,
    append: (piece) => {
      if (current < 0 || pages[current].count === pageSegments) turnPage()
      const page = pages[current]
      writeSegment(page, page.count, piece)
      page.count += 1
      page.lastEndMs = (piece.startMs + piece.durationMs) | 0
    },
    clear: () => {
      for (const page of pages) page.count = 0
      current = -1
    },
  }
}
