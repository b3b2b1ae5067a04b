import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

/** One drive of half an hour along a street, told each 59 s, 61 s and 2 min; and a vehicle that reported once. */
const START_MS = Date.UTC(2026, 0, 5, 7)
const EVERY_S = [59, 61, 120]
const WHEN = 'when=2026-01-05T07:00:00Z..2026-01-05T08:00:00Z'
const FLEET = join(import.meta.dirname, '../../event-viewer/terminal/src/main.ts')

let viewer: TestViewer
let browser: Browser

const importDrives = async ({ stack }: TestViewer): Promise<void> => {
  const row = (id: string, seconds: number): string =>
    `${id},${new Date(START_MS + seconds * 1000).toISOString()},${(-56.2 + seconds * 5e-5).toFixed(6)},-34.9`
  const rows = EVERY_S.flatMap((every) =>
    Array.from({ length: Math.floor(1800 / every) + 1 }, (_, i) => row(`each-${every}`, i * every)),
  )
  const args = ['import', '-', '--vehicle-type', 'bus', '--hub', stack.hubUrl]
  const child = spawn(process.execPath, [FLEET, ...args], { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(`vehicle_id,event_time,longitude,latitude\n${[...rows, row('once', 60)].join('\n')}\n`)
  const [code] = (await once(child, 'exit')) as [number]
  if (code !== 0) throw new Error(`fleet import ended with ${code}`)
}

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer(), launchBrowser()])
  await importDrives(viewer)
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

/** What the table says of the distance of each vehicle, by id. */
const distances = async (page: Page): Promise<Record<string, string>> => {
  const lines = await page.getByTestId('vehicle-table').getByRole('row').all()
  const cells = await Promise.all(lines.slice(1).map(async (line) => line.getByRole('gridcell').allTextContents()))
  return Object.fromEntries(cells.map((each) => [each[0].trim(), each[2].trim()]))
}

const choose = async (page: Page, gap: string): Promise<void> => {
  await page.getByTestId('gap').click()
  await page.getByRole('option', { name: gap, exact: true }).click()
}

const AUTOMATIC = { 'each-120': '8.2 km', 'each-59': '8.1 km', 'each-61': '8.1 km', once: '–' }
const MINUTE = { 'each-120': '–', 'each-59': '8.1 km', 'each-61': '–', once: '–' }

test('a drive is as long whatever its cadence; another gap is in table, link, replay and export alike', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/search?everywhere&${WHEN}`)
  onTestFinished(close)
  await page.getByTestId('vehicle-table').waitFor({ timeout: 60_000 })
  await eventually(async () => Object.keys(await distances(page)).length === 4, { what: 'four vehicles' })
  expect(await distances(page)).toEqual(AUTOMATIC)
  await choose(page, '1 min')
  await eventually(async () => (await distances(page))['each-61'] === '–', { what: 'the distances of another gap' })
  expect(await distances(page)).toEqual(MINUTE)
  await eventually(() => new URL(page.url()).searchParams.get('gap') === '1min', { what: 'the gap in the address' })

  await page.getByTestId('export').click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'GeoJSON, a line for each drive' }).click()
  const { gaps } = JSON.parse(await readFile(await (await download).path(), 'utf8')) as { gaps: unknown }
  expect(gaps).toEqual({ rule: 'fixed', fromMs: 60_000, toMs: 60_000 })

  await page.getByTestId('go-replay').click()
  const track = page.getByTestId('replay-track')
  await track.waitFor({ timeout: 60_000 })
  const box = (await track.boundingBox())!
  await page.mouse.click(box.x + box.width / 2, box.y + 10)
  const visible = (): Promise<string | null> => page.getByTestId('replay-visible').textContent()
  await eventually(async () => (await visible()) === '1', { what: 'one vehicle that has no gap then' })
  await page.reload()
  await track.waitFor({ timeout: 60_000 })
  await eventually(async () => (await visible()) === '1', { what: 'the same after a reload' })
  expect(await page.getByTestId('replay-gap').textContent()).toBe('1 min')
  await page.getByTestId('gap').click()
  await page.getByRole('option', { name: /^automatic/ }).click()
  await eventually(async () => (await visible()) === '3', { what: 'all three drives' })
  expect(await page.getByTestId('replay-gap').textContent()).toBe('1 min to 6 min')
  await eventually(() => !new URL(page.url()).searchParams.has('gap'), { what: 'an address without a gap' })
  expect(problems).toEqual([])
})

test.each([
  [`everywhere&when=2026-01-05T09:00:00Z..2026-01-05T10:00:00Z`, 'No vehicle was there'],
  [`everywhere&when=2026-01-04T09:00:00Z..2026-01-04T10:00:00Z`, 'No position was found'],
  [`everywhere&${WHEN}&id=unknown`, 'No position of this vehicle was found'],
])('of the search %s without a row no more is said than is known', async (search, said) => {
  const { page, close } = await openPage(browser, `${viewer.url}/search?${search}`)
  onTestFinished(close)
  const sentence = page.getByText(said, { exact: true })
  await sentence.waitFor({ timeout: 60_000 })
  expect(await sentence.isVisible()).toBe(true)
})
