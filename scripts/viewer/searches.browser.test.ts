import { readFile } from 'node:fs/promises'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { CONTENT_TYPES, SEARCHES, subjects } from '@fleetlake/contracts'
import { storeMessage } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

const START_MS = Date.UTC(2026, 0, 5, 8)
const WHEN = 'when=2026-01-05T08:00:00Z..2026-01-05T09:00:00Z'

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer(), launchBrowser()])
  const rows = Array.from({ length: 20 }, (_, i) => ({
    vehicleId: `v-${i}`,
    vehicleType: 'taxi',
    eventTime: START_MS + i * 1_000,
    longitude: -56.2,
    latitude: -34.9,
    speed: 1,
    heading: 1,
  }))
  await storeMessage(
    viewer.hub,
    'move',
    subjects.move(0),
    encodePositions(positionsOfRows(rows)) as Uint8Array<ArrayBuffer>,
    { id: 'some', contentType: CONTENT_TYPES.arrow },
  )
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

test('what is searched and exported on the page is listed, and opens again on the map; no file leaves that is not recorded', async () => {
  const { page, problems, close } = await openPage(
    browser,
    `${viewer.url}/search?view=-57,-35,-56,-34&${WHEN}&type=taxi`,
  )
  onTestFinished(close)
  await page.getByTestId('vehicle-table').waitFor({ timeout: 60_000 })
  const exportCsv = async (): Promise<void> => {
    await page.getByTestId('export').click()
    await page.getByRole('menuitem', { name: 'CSV, for spreadsheets' }).click()
  }
  const download = page.waitForEvent('download')
  await exportCsv()
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n')
  expect(lines).toHaveLength(21)

  const { settings } = await viewer.hub.streams.info(SEARCHES)
  await viewer.hub.streams.change(SEARCHES, { maxBytes: 1 })
  await exportCsv()
  await page.getByText(/the export can't be recorded, and so is not done: .* is full/).waitFor()
  await viewer.hub.streams.change(SEARCHES, { maxBytes: settings.maxBytes! })

  await page.getByRole('link', { name: 'Searches', exact: true }).click()
  const table = page.getByTestId('searches')
  await table.waitFor()
  const cells = async (): Promise<string[][]> =>
    Promise.all((await table.getByRole('row').all()).slice(1).map((row) => row.getByRole('cell').allTextContents()))
  await eventually(async () => (await cells()).length === 2, { what: 'a search and its export' })
  const [exported, searched] = (await cells()).map((row) => row.map((cell) => cell.trim()))
  expect([exported.slice(1), [searched[1], ...searched.slice(3)]]).toEqual([
    ['anyone', '', '', 'Exported as csv', '20', '', ''],
    ['anyone', expect.stringMatching(/^10,\d{3} km²$/), 'taxi', '20', 'complete', '1'],
  ])
  await page.getByLabel('Person').fill('anna')
  await page.getByTestId('no-searches').waitFor()
  await page.getByLabel('Person').fill('')
  await table.waitFor()
  await table.getByRole('link').click()
  await page.getByTestId('vehicle-table').waitFor({ timeout: 60_000 })
  expect(new URL(page.url()).searchParams.get('type')).toBe('taxi')
  expect(problems).toEqual([])
})
