import { text } from 'node:stream/consumers'
import { type Message, subjects } from '@fleetlake/contracts'
import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { accessibilityFaults } from './testing/accessibility-faults.ts'
import { dropFiles } from './testing/drop-files.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([
    startTestViewer({ env: { FLEET_VIEWER_IMPORT_BYTES: '1 MiB' } }),
    launchBrowser(),
  ])
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

/** An hour of two vehicles by the clocks of Montevideo, which are three hours behind UTC; the last row has no place. */
const LOCAL_CSV = [
  'id,time,lon,lat,temp,note',
  'cart-1,2026-01-05 08:00:00,-56.18,-34.9,4.5,x',
  'cart-2,2026-01-05 08:30:00,-56.17,-34.91,5.5,y',
  'cart-1,2026-01-05 09:00:00,-56.18,-34.92,6.5,z',
  'cart-2,2026-01-05 09:30:00,-56.18,nowhere,7.5,z',
].join('\n')

const question = (page: Page) => page.getByTestId('import-question')
const outcome = (page: Page) => page.getByTestId('import-outcome')
const start = (page: Page) => page.getByRole('button', { name: 'Start the import' })

test('a file that is dropped on the live page is asked about, imported, found, and still there after a reload; its refused row is downloaded', async () => {
  const { page, problems, close } = await openPage(browser, viewer.url)
  await page.getByRole('link', { name: 'Import a file' }).waitFor()
  await dropFiles(page, [{ name: 'carts.csv', text: LOCAL_CSV }])
  await page.waitForURL(/\/import\?import=/)
  await question(page).waitFor()
  expect(await question(page).textContent()).toMatch(/have no offset from UTC: say their zone with Time zone/)
  expect(await start(page).isDisabled()).toBe(true)
  expect(await accessibilityFaults(page)).toEqual([])

  await page.getByLabel('Time zone', { exact: true }).click()
  await page.keyboard.type('montevideo')
  await page.getByRole('option', { name: 'America/Montevideo' }).click()
  const first = page.getByTestId('import-first-rows')
  await first.getByText('2026-01-05T11:00:00').waitFor()
  expect(await question(page).count()).toBe(0)
  await page.getByRole('button', { name: 'Import temp as a measure' }).click()
  await page.getByLabel('Name of measure 1').fill('temperature')
  await page.getByLabel('Vehicle type', { exact: true }).fill('cart')
  await page.getByRole('button', { name: 'Field of Vehicle type: “cart” in all rows' }).waitFor()
  await first.getByText('4.5').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])

  await start(page).click()
  await outcome(page).waitFor()
  expect(await outcome(page).getAttribute('data-status')).toBe('complete')
  expect(await outcome(page).textContent()).toContain('3 rows imported, all of them archived.')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('import-title')
  expect(await accessibilityFaults(page)).toEqual([])

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download refused rows' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('refused.ndjson')
  expect(JSON.parse(await text(await download.createReadStream()))).toMatchObject({
    file: 'carts.csv',
    line: 5,
    reason: 'position-not-a-number',
  })

  await page.reload()
  await outcome(page).getByText('3 rows imported, all of them archived.').waitFor()
  await page.getByRole('link', { name: 'Search in it' }).click()
  await page.locator('[data-testid=search-status][data-status=complete]').waitFor()
  const ids = page.getByText(/^cart-\d$/)
  await eventually(async () => (await ids.count()) === 2)
  await page.goBack()
  await page.getByRole('button', { name: 'Import other files' }).click()
  await page.getByTestId('import-new').waitFor()
  await page.waitForURL((url) => url.search === '')
  await page.getByRole('button', { name: 'Show carts.csv' }).click()
  await outcome(page).waitFor()
  expect(problems).toEqual([])
  await close()
})

test('an answer is taken over with a button, and what was said is there after a reload', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/import`, { timezoneId: 'Asia/Shanghai' })
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  await page.locator('input[type=file]').setInputFiles({ name: 'c.csv', mimeType: '', buffer: Buffer.from(LOCAL_CSV) })
  await page.getByRole('button', { name: 'Time zone: Asia/Shanghai' }).click()
  const first = page.getByTestId('import-first-rows')
  await first.getByText('2026-01-05T00:00:00').waitFor()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('import-timezone')
  await page.reload()
  await first.getByText('2026-01-05T00:00:00').waitFor()
  expect(await page.getByLabel('Time zone', { exact: true }).textContent()).toContain('Asia/Shanghai')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByTestId('import-new').waitFor()
  expect(problems).toEqual([])
  await close()
})

test('what the service refuses is told where it was asked for, in its words, and costs nothing else', async () => {
  const { page, close } = await openPage(browser, `${viewer.url}/import`)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  const small = { name: 'small.csv', text: 'id,time,lon,lat\na,2026-01-05T08:00:00Z,1,2\n' }
  await dropFiles(page, [small, { name: 'large.csv', text: 'x'.repeat(16 * 1024 * 1024) }])
  const uploads = page.getByTestId('import-uploads')
  await uploads
    .getByRole('alert')
    .getByText(/Files that pages have sent may have 1.0 MiB together/)
    .waitFor()
  await dropFiles(page, [small])
  await uploads.getByRole('alert').getByText('There are two files with the name small.csv').waitFor()
  await page.getByTestId('import-first-rows').getByText('2026-01-05T08:00:00').waitFor()
  await page.getByRole('button', { name: 'Leave large.csv out' }).click()
  await page.getByRole('button', { name: 'Leave small.csv out' }).click()
  await eventually(async () => (await uploads.count()) === 0)
  await page.getByRole('button', { name: 'More options' }).click()
  await page.getByLabel('Delimiter').fill(';;')
  await page.getByText('Give one character such as , ; | or the word tab.').waitFor()
  expect(await start(page).isDisabled()).toBe(true)
  await page.getByLabel('Delimiter').fill('')
  await page.getByLabel('Time format').fill('HH:mm')
  await page.getByTestId('import-fault').waitFor()
  expect(await page.getByTestId('import-fault').textContent()).toMatch(/^small\.csv: Time format HH:mm: it has no year/)
  await page.getByLabel('Time format').fill('')
  await eventually(() => start(page).isEnabled())
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByTestId('import-new').waitFor()
  await close()
})

const STATUS: Message<'importStatus'> = {
  job: 'job-1',
  name: 'trips.parquet',
  status: 'reading',
  startedAt: '2026-01-05T08:00:00Z',
  elapsedMs: 10_000,
  files: 3,
  filesDone: 1,
  filesFailed: 0,
  bytes: 4_000_000,
  bytesDone: 1_000_000,
  rows: 250_000,
  stored: 240_000,
  refused: 12,
}

test('an import of a terminal is shown while it runs, and as it ends', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/import`)
  await page.locator('[data-testid=hub-state][data-state=connected]').waitFor()
  const item = page.getByTestId('import-item').filter({ hasText: 'trips.parquet' })
  let seconds = 10
  const tell = (changes: Partial<Message<'importStatus'>> = {}): void => {
    seconds++
    const counts = { elapsedMs: seconds * 1000, rows: 25_000 * seconds, bytesDone: 100_000 * seconds }
    viewer.hub.send('importStatus', subjects.importStatus(STATUS.job), { ...STATUS, ...counts, ...changes })
  }
  const telling = setInterval(tell, 100)
  onTestFinished(() => clearInterval(telling))
  await item.getByText('Reading').waitFor()
  await item.getByText('25,000/s').waitFor()
  expect(await item.textContent()).toMatch(/of 3.8 MiB.*of 3.*12/)
  clearInterval(telling)
  tell({ note: 'partition 0 is full: waiting for the archive to catch up' })
  await item.getByText('partition 0 is full').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  tell({ status: 'failed', error: 'the hub is gone' })
  await item.and(page.locator('[data-state=failed]')).waitFor()
  await item.getByText('the hub is gone').waitFor()
  expect(problems).toEqual([])
  await close()
})

test('an import that waits for the archive says so, and is stopped', async () => {
  const lonely = await startTestViewer({ collectors: 0 })
  onTestFinished(() => lonely.stop())
  const { page, problems, close } = await openPage(browser, `${lonely.url}/import`)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  await dropFiles(page, [{ name: 'a.csv', text: 'id,time,lon,lat\na,2026-01-05T08:00:00Z,1,2\n' }])
  await start(page).click()
  const run = page.getByTestId('import-run')
  await run.getByText('waiting for a collector').waitFor()
  await page.getByTestId('import-panel').getByText('Waiting for the archive').first().waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await run.getByRole('button', { name: 'Stop' }).click()
  await outcome(page).getByText('The import was stopped').waitFor()
  expect(problems).toEqual([])
  await close()
})

test('a page that may not import says why and what does the same; it shows what others import', async () => {
  const closed = await startTestViewer({ env: { FLEET_VIEWER_IMPORTS: 'false' } })
  onTestFinished(() => closed.stop())
  const { page, problems, close } = await openPage(browser, closed.url)
  await page.getByTestId('live-empty').waitFor()
  expect(await page.getByRole('link', { name: 'Import a file' }).count()).toBe(0)
  await dropFiles(page, [{ name: 'a.csv', text: LOCAL_CSV }])
  await page.getByTestId('import-off').getByText('fleet import').waitFor()
  expect(await page.getByRole('button', { name: 'Choose files' }).count()).toBe(0)
  const telling = setInterval(() => closed.hub.send('importStatus', subjects.importStatus(STATUS.job), STATUS), 100)
  onTestFinished(() => clearInterval(telling))
  await page.getByTestId('import-item').getByText('trips.parquet').waitFor()
  clearInterval(telling)
  expect(await accessibilityFaults(page)).toEqual([])
  expect(problems).toEqual([])
  await close()
})

test('on the search page GeoJSON is an area, and any other file is imported', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/search`)
  await page.locator('[data-testid=hub-state][data-state=connected]').waitFor()
  const ring = [
    [-56.2, -34.92],
    [-56.16, -34.92],
    [-56.16, -34.88],
    [-56.2, -34.92],
  ]
  await dropFiles(page, [{ name: 'area.geojson', text: JSON.stringify({ type: 'Polygon', coordinates: [ring] }) }])
  await page.getByTestId('areas').getByRole('button', { name: 'Remove area 1' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/search')
  await dropFiles(page, [{ name: 'carts.csv', text: LOCAL_CSV }])
  await question(page).waitFor()
  await page.waitForURL((url) => url.pathname === '/import')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByTestId('import-new').waitFor()
  expect(problems).toEqual([])
  await close()
})
