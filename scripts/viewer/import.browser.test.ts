import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Message, subjects } from '@fleetlake/contracts'
import { eventually, temporaryFolder } from '@fleetlake/testing'
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
  await page
    .locator('input[type=file]:not([webkitdirectory])')
    .setInputFiles({ name: 'c.csv', mimeType: '', buffer: Buffer.from(LOCAL_CSV) })
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

const rowsOf = (vehicle: string, rows: number): string =>
  [
    'id,time,lon,lat',
    ...Array.from({ length: rows }, (_, i) => `${vehicle},${1_767_571_200 + i},${(i % 90) + 0.5},${(i % 45) + 0.5}`),
  ].join('\n')

test('an import of three files that is stopped says how many of how many were read', async () => {
  const full = await startTestViewer({
    collectors: 0,
    env: {
      FLEET_HUB_MAX_BYTES_PER_PARTITION: '64 KiB',
      FLEET_GENERATOR_QUEUE_BYTES: '256 KiB',
      FLEET_PARTITIONING_COUNT: '1',
    },
  })
  onTestFinished(() => full.stop())
  const { page, problems, close } = await openPage(browser, `${full.url}/import`)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  const [few, many] = [rowsOf('a', 5), rowsOf('b', 60_000)]
  await dropFiles(page, [
    { name: 'a.csv', text: few },
    { name: 'b.csv', text: many },
    { name: 'c.csv', text: few },
  ])
  await start(page).click()
  const run = page.getByTestId('import-run')
  await run.getByText('partition 0 is full').first().waitFor()
  await run.getByRole('button', { name: 'Stop' }).click()
  await outcome(page).getByText('1 of 3 files read.').waitFor()
  expect(await outcome(page).getAttribute('data-status')).toBe('stopped')
  expect(problems).toEqual([])
  await close()
})

test('each file is taken out with a button of its own, and the focus goes on to the next', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/import`)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  await dropFiles(
    page,
    ['a', 'b', 'c'].map((id) => ({ name: `${id}.csv`, text: rowsOf(id, 3) })),
  )
  const arrived = page.getByTestId('import-arrived').getByRole('listitem')
  const first = page.getByTestId('import-first-rows').getByRole('cell').first()
  await eventually(async () => (await arrived.count()) === 3)
  await eventually(() => start(page).isEnabled())
  expect(await accessibilityFaults(page)).toEqual([])
  const takeOut = async (name: string): Promise<void> => {
    const button = page.getByRole('button', { name: `Take ${name} out` })
    await button.focus()
    await page.keyboard.press('Enter')
    await button.waitFor({ state: 'detached' })
  }
  const focused = (): Promise<string | undefined> =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id)
  await takeOut('a.csv')
  await eventually(async () => (await focused()) === 'Take b.csv out')
  await eventually(async () => (await first.textContent())?.trim() === 'b')
  await takeOut('c.csv')
  await eventually(async () => (await focused()) === 'Take b.csv out')
  await takeOut('b.csv')
  await eventually(async () => (await focused()) === 'import-add-files')
  await page.getByText('It can start once there is a file.').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByTestId('import-new').waitFor()
  expect(problems).toEqual([])
  await close()
})

/** Two files in folders of their own, and what is hidden. */
const folderOfTrips = async (): Promise<string> => {
  const folder = join(await temporaryFolder(), 'trips')
  for (const [path, content] of [
    ['van-1/a.csv', 'time,lon,lat\n2026-01-05T08:00:00Z,1,2\n'],
    ['van-2/deep/a.csv', 'time,lon,lat\n2026-01-05T09:00:00Z,1,2\n'],
    ['.hidden', 'x'],
  ] as const) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

/** Drops what lies on the disk, as a person does. */
const dropPaths = async (page: Page, paths: readonly string[]): Promise<void> => {
  const devtools = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
  await devtools.detach()
}

test.each([
  [
    'chosen',
    async (page: Page, folder: string): Promise<void> =>
      page.locator('input[type=file][webkitdirectory]').setInputFiles(folder),
  ],
  ['dropped', (page: Page, folder: string): Promise<void> => dropPaths(page, [folder])],
])('a folder that is %s is imported with the paths of its files', async (_, give) => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/import`)
  await page.getByRole('button', { name: 'Choose a folder' }).waitFor()
  await give(page, await folderOfTrips())
  const arrived = page.getByTestId('import-arrived')
  await arrived.getByText('trips/van-1/a.csv').waitFor()
  await arrived.getByText('trips/van-2/deep/a.csv').waitFor()
  expect(await arrived.getByRole('listitem').count()).toBe(2)
  await page.getByLabel('Vehicle id from the file’s name').fill('trips/{vehicle}/**/*.csv')
  await page.getByTestId('import-first-rows').getByText('van-1').waitFor()
  await page.waitForURL(/\/import\?import=/)
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByTestId('import-new').waitFor()
  expect(problems).toEqual([])
  await close()
})

test('a viewer that ends and comes back knows its imports: one that it interrupted goes on', async () => {
  const again = await startTestViewer({ collectors: 0, restart: true })
  onTestFinished(() => again.stop())
  const { page, close } = await openPage(browser, `${again.url}/import`)
  await page.getByRole('button', { name: 'Choose files' }).waitFor()
  await dropFiles(page, [{ name: 'rows.csv', text: rowsOf('a', 5) }])
  await start(page).click()
  const run = page.getByTestId('import-run')
  await run.getByText('waiting for a collector').waitFor()
  expect(await run.textContent()).toMatch(/Stop ends the wait/)
  expect(await run.textContent()).not.toMatch(/Ctrl-C|--[a-z]/)
  const pidOf = (): number | undefined => again.stack.processes().find(({ name }) => name === 'viewer-1')?.pid
  const before = pidOf()!
  process.kill(before, 'SIGKILL')
  await eventually(() => pidOf() !== undefined && pidOf() !== before)
  await page.reload()
  const interrupted = page.getByTestId('import-interrupted')
  await interrupted.waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await interrupted.getByRole('button', { name: 'Go on' }).click()
  await run.getByText('waiting for a collector').waitFor()
  await run.getByRole('button', { name: 'Stop' }).click()
  await outcome(page).getByText('5 rows imported, in the hub').waitFor()
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
