import { readFile } from 'node:fs/promises'
import { MARKS_MS } from '@fleetlake/event-collector'
import { FIGURES } from '@fleetlake/event-estimator'
import { expect, test } from 'vitest'
import { BLOCKS, blocksIn, renderBlocks } from './blocks.ts'
import { ESTIMATE_PAGES } from './pages.ts'

test.each(ESTIMATE_PAGES)(
  'the estimates in %s are those of the estimator; else run write-estimates.ts',
  async (page) => {
    const text = await readFile(page, 'utf8')
    expect(renderBlocks(text)).toBe(text)
  },
)

test('a collector notes what it has seen as often as is reckoned', () => {
  expect(FIGURES.putsPerCollectorMinute.value).toBe(60_000 / MARKS_MS)
})

test('each estimate is on a page', async () => {
  const pages = await Promise.all(ESTIMATE_PAGES.map((page) => readFile(page, 'utf8')))
  expect(new Set(pages.flatMap(blocksIn))).toEqual(new Set(Object.keys(BLOCKS)))
})

test('a page with an estimate that is not known is refused', () => {
  expect(() => renderBlocks('<!-- estimate: nothing -->\nx\n<!-- end of the estimate -->')).toThrow(/"nothing"/)
})
