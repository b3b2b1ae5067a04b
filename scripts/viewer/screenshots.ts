/** Makes the pictures of docs/images again: `npm run screenshots`, or some of them: `npm run screenshots -- import`. A whole stack, a city in the morning, and each main screen. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runGeneration } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { encodeShapes } from '../../event-viewer/web/app/search/address/ring-code.ts'
import { dropFiles } from './testing/drop-files.ts'
import { firstMap } from './testing/first-map.ts'
import { startTestViewer } from './testing/viewer.ts'

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url))
/** Around the old town and the centre. */
const RING = [
  [-56.2148, -34.9102],
  [-56.1882, -34.9158],
  [-56.1712, -34.9005],
  [-56.183, -34.8892],
  [-56.2075, -34.8982],
  [-56.2148, -34.9102],
] as const
const AREA = `area=${encodeShapes([[RING]])}`
const VEHICLES = 1_500
const WANTED = process.argv.slice(2)

await mkdir(FOLDER, { recursive: true })
const viewer = await startTestViewer({ collectors: 2, finders: 2 })
const browser = await launchBrowser()

/** A morning of two vans, with a measure by its own name and fields that are left out. */
const vansCsv = (): string =>
  [
    'vehicle,gps_time,lng,lat,Speed (km/h),temperature,door',
    ...Array.from({ length: 40 }, (_, i) => {
      const time = new Date(Date.UTC(2026, 0, 5, 8, 0, 15 * i)).toISOString()
      return `van-${(i % 2) + 1},${time},${(-56.18 + i * 0.0007).toFixed(5)},${(-34.9 - i * 0.0003).toFixed(5)},${28 + (i % 9)},${(4.5 + (i % 4) / 2).toFixed(1)},closed`
    }),
  ].join('\n')

const take = async (
  name: string,
  address: string,
  prepare: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> => {
  if (WANTED.length > 0 && !WANTED.includes(name)) return
  const { page, close } = await openPage(browser, viewer.url + address, options)
  await page.locator('[data-testid=hub-state][data-state=connected]').waitFor()
  await firstMap(page)
  await prepare(page)
  await page.screenshot({ path: join(FOLDER, `${name}.png`) })
  console.log(`${name}.png`)
  await close()
}

/** Zoomed in, only the partitions in view are listened to. */
const vehiclesOn = (page: Page, least = VEHICLES * 0.9): Promise<unknown> =>
  eventually(
    async () => Number((await page.getByTestId('live-vehicles').textContent())!.replaceAll(/[^\d]/g, '')) >= least,
    { what: 'the fleet' },
  )
const answered = (page: Page): Promise<void> => page.locator('[data-testid=search-status][data-status]').waitFor()

const stop = new AbortController()
try {
  await take('import', '/import', async (page) => {
    await dropFiles(page, [{ name: 'vans.csv', text: vansCsv() }])
    await page.getByTestId('import-first-rows').waitFor()
    await page.getByRole('button', { name: 'Start the import' }).and(page.locator(':enabled')).waitFor()
  })
  await runGeneration(viewer.hub, { vehicles: VEHICLES, durationMs: 3_600_000, seed: 7 })
  const run = runGeneration(
    viewer.hub,
    { vehicles: VEHICLES, durationMs: 3_600_000, realTime: true, seed: 8 },
    { signal: stop.signal },
  )
  const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }
  await take('live', '/#map=12.4/-34.89/-56.17', async (page) => void (await vehiclesOn(page)))
  await take('live-light', '/#map=14.6/-34.905/-56.19', async (page) => void (await vehiclesOn(page, 300)), {
    colorScheme: 'light',
  })
  await take('live-phone', '/', async (page) => void (await vehiclesOn(page)), phone)
  await take('search', `/search?${AREA}&when=-1h..now`, answered)
  await take('replay', `/replay?everywhere&when=-1h..now#map=13/-34.9/-56.17`, async (page) => {
    const track = page.getByTestId('replay-track')
    await track.waitFor()
    const box = (await track.boundingBox())!
    await page.mouse.click(box.x + box.width * 0.6, box.y + 10)
    await page.mouse.move(box.x + box.width * 0.5, box.y - 200)
  })
  await take('archive', '/archive', (page) => page.getByTestId('archive-rows').waitFor())
  await take('services', '/services', (page) => page.getByTestId('services-collectors').waitFor())
  stop.abort()
  await run
} finally {
  stop.abort()
  await browser.close()
  await viewer.stop()
}
process.exit(0)
