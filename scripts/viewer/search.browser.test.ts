import { readFile } from 'node:fs/promises'
import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import { FORMAT_TRAITS, type FormatName, FORMATS } from '@fleetlake/viewer-core'
import { tableFromIPC } from 'apache-arrow'
import { parquetMetadata } from 'hyparquet'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseSearch } from '../../event-viewer/web/app/search/address/search-url.ts'
import { archiveHour, EVENTS, EVERYWHERE, HOUR, VEHICLES } from './testing/archived-hour.ts'
import { askTerminal } from './testing/ask-terminal.ts'
import { firstMap } from './testing/first-map.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer(), launchBrowser()])
  await archiveHour(viewer)
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

const countIn = async (page: Page, testId: string): Promise<number> =>
  Number((await page.getByTestId(testId).textContent())!.replaceAll(/[^\d]/g, ''))

const awaitComplete = (page: Page): Promise<void> =>
  page.locator('[data-testid=search-status][data-status=complete]').waitFor()

/** The area that the page's address holds, as the terminal client takes it. */
const areaIn = (page: Page): unknown => {
  const query: Record<string, string[]> = {}
  for (const [key, value] of new URL(page.url()).searchParams) (query[key] ??= []).push(value)
  const { where } = parseSearch(query)!.request
  if (where.kind !== 'shapes') throw new Error(`the address holds no shapes: ${page.url()}`)
  return { type: 'MultiPolygon', coordinates: where.shapes }
}

test('a polygon is drawn, searched, finds what the terminal client finds, and its address finds it again', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/search`)
  await firstMap(page)
  await page.getByRole('button', { name: 'Draw: Polygon' }).click()
  const box = (await page.locator('.maplibregl-canvas').boundingBox())!
  const corners = [
    [0.35, 0.4],
    [0.7, 0.42],
    [0.65, 0.62],
    [0.4, 0.6],
  ]
  for (const [x, y] of corners) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 })
    await page.mouse.click(box.x + x * box.width, box.y + y * box.height)
  }
  await page.keyboard.press('Enter')
  await page.getByTestId('areas').getByText('km²').waitFor()
  await page.getByRole('button', { name: 'All there is' }).click()
  await page.getByTestId('search-run').click()
  await awaitComplete(page)
  const found = await countIn(page, 'found-positions')
  const inTerminal = await askTerminal(viewer, areaIn(page), HOUR)
  expect(found).toBe(inTerminal.length)
  expect(found).toBeGreaterThan(1_000)
  expect(found).toBeLessThan(EVENTS)
  expect(await countIn(page, 'found-vehicles')).toBe(new Set(inTerminal.map((line) => line.split(',')[0])).size)

  await page.reload()
  await awaitComplete(page)
  expect(await countIn(page, 'found-positions')).toBe(found)
  expect(problems).toEqual([])
  await close()
})

test('pasted GeoJSON with a hole is an area; an invalid one says what is wrong', async () => {
  const { page, close } = await openPage(browser, `${viewer.url}/search`)
  await page.getByRole('button', { name: 'GeoJSON' }).click()
  const field = page.getByRole('dialog').getByRole('textbox')
  await field.fill('{"type": "Point", "coordinates": [-56.2, -34.9]}')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /add|use/i })
    .click()
  await page.getByRole('dialog').getByText(/Point/).first().waitFor()
  const ring = (west: number, south: number, east: number, north: number): number[][] => [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  const area = {
    type: 'Polygon',
    coordinates: [ring(-56.2, -34.92, -56.12, -34.86), ring(-56.18, -34.9, -56.15, -34.88)],
  }
  await field.fill(JSON.stringify(area))
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /add|use/i })
    .click()
  await page.getByTestId('areas').getByText('1 hole').waitFor()
  await page.getByRole('button', { name: 'All there is' }).click()
  await page.getByTestId('search-run').click()
  await awaitComplete(page)
  expect(await countIn(page, 'found-positions')).toBe((await askTerminal(viewer, area, HOUR)).length)
  await close()
})

const matches =
  (pattern: RegExp) =>
  (file: Buffer): number =>
    [...file.toString().matchAll(pattern)].length
const parquetRows = (file: Buffer): number => Number(parquetMetadata(new Uint8Array(file).buffer).num_rows)

/** How many positions a file holds. */
const COUNTS: Readonly<Record<FormatName, (file: Buffer) => number>> = {
  ndjson: matches(/"event_time"/g),
  csv: matches(/\n./g),
  geojson: matches(/"event_time"/g),
  'geojson-lines': matches(/T[0-9:.]+Z"/g),
  gpx: matches(/<trkpt /g),
  kml: matches(/<when>/g),
  'mf-json': (file) =>
    (JSON.parse(file.toString()) as { features: { temporalGeometry: { datetimes: string[] } }[] }).features.reduce(
      (sum, { temporalGeometry }) => sum + temporalGeometry.datetimes.length,
      0,
    ),
  arrow: (file) => tableFromIPC(file).numRows,
  parquet: parquetRows,
  geoparquet: parquetRows,
}

test('the table of vehicles sorts and filters, and every format is exported whole', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/search${EVERYWHERE}`)
  await awaitComplete(page)
  expect(await countIn(page, 'found-positions')).toBe(EVENTS)
  const table = page.getByTestId('vehicle-table')
  expect(await table.getAttribute('aria-rowcount')).toBe(String(VEHICLES + 1))
  const firstId = async (): Promise<string> =>
    (await table.getByRole('row').nth(1).getByRole('gridcell').first().textContent())!.trim()
  const header = table.getByRole('columnheader').first()
  /** Sorts by the first column again, and waits until the table says so. */
  const firstIdSorted = async (): Promise<string> => {
    const before = await header.getAttribute('aria-sort')
    await header.getByRole('button').click()
    await eventually(async () => (await header.getAttribute('aria-sort')) !== before, { what: 'another order' })
    return firstId()
  }
  const one = await firstIdSorted()
  expect(await firstIdSorted()).not.toBe(one)
  await page.getByPlaceholder(/filter/i).fill(one)
  await eventually(async () => (await table.getAttribute('aria-rowcount')) === '2', { what: 'one row' })
  for (const format of FORMATS) {
    await page.getByTestId('export').click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: FORMAT_TRAITS[format].label }).click()
    const file = await readFile(await (await download).path())
    expect([format, COUNTS[format](file)]).toEqual([format, EVENTS])
  }
  expect(problems).toEqual([])
  await close()
})

test('an address that is not understood says so and searches nothing', async () => {
  const { page, close } = await openPage(browser, `${viewer.url}/search?area=nonsense&when=tomorrow`)
  await page.getByRole('alert').getByText('This link was not understood').waitFor()
  expect(await page.getByTestId('search-status').count()).toBe(0)
  await close()
})
