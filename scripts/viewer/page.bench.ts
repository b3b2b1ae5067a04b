import { reasonOf } from '@fleetlake/core'
import { runGeneration } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Page } from 'playwright-core'
import { parseViewerBenchOptions, usage, type ViewerBenchOptions } from './page-cost/options.ts'
import { type FrameCost, heapMbOf, watchFrames } from './page-cost/watch-frames.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

const say = (line: string): void => console.error(line)

/** Rows of a replay, whatever the fleet. */
const REPLAY_ROWS = 1_000_000
const INTERVAL_MS = 5_000
const SEEKS = 20

interface ViewerReport {
  readonly live: Record<string, number>
  readonly replay: Record<string, number>
  /** The median, and the longest, from asking for another time to the frame that shows it. */
  readonly seekMs: number
  readonly seekLongestMs: number
  /** After an hour's worth of events of 1,500 vehicles. */
  readonly heapMb: number
  /** Scripts and styles that the page loads until its map is there, compressed. */
  readonly bundleKb: number
  readonly firstMapMs: number
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const awaitVehicles = (page: Page, count: number): Promise<unknown> =>
  eventually(
    async () => Number((await page.getByTestId('live-vehicles').textContent())!.replaceAll(/[^\d]/g, '')) >= count,
    { what: `${count} vehicles on the page` },
  )

const measureOpening = async (browser: Browser, url: string): Promise<{ firstMapMs: number; bundleKb: number }> => {
  const opened: { firstMapMs: number; bundleKb: number }[] = []
  for (let time = 0; time < 5; time++) {
    const { page, close } = await openPage(browser, url)
    await page.waitForFunction(() => performance.getEntriesByName('fleet:first-map').length > 0)
    opened.push(
      await page.evaluate(() => {
        const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
        const firstMapMs = performance.getEntriesByName('fleet:first-map')[0].startTime
        // What comes after it is fetched ahead for the other pages.
        const code = entries.filter(({ name, startTime }) => /\.(m?js|css)(\?|$)/.test(name) && startTime < firstMapMs)
        // One that is preloaded is there twice.
        const sizes = new Map(code.map(({ name, encodedBodySize }) => [name, encodedBodySize]))
        return {
          firstMapMs: Math.round(firstMapMs),
          bundleKb: Math.round([...sizes.values()].reduce((sum, bytes) => sum + bytes, 0) / 1024),
        }
      }),
    )
    await close()
  }
  return { firstMapMs: median(opened.map(({ firstMapMs }) => firstMapMs)), bundleKb: opened[0].bundleKb }
}

/** Every vehicle reports each 5 s, in real time, while the page shows the whole city. */
const measureLive = async (
  viewer: TestViewer,
  browser: Browser,
  vehicles: number,
  seconds: number,
): Promise<FrameCost> => {
  const stop = new AbortController()
  const { page, close } = await openPage(browser, viewer.url)
  await page.locator('[data-testid=hub-state][data-state=connected]').waitFor()
  const run = runGeneration(
    viewer.hub,
    { vehicles, durationMs: 600_000, realTime: true, seed: vehicles },
    { signal: stop.signal },
  )
  await awaitVehicles(page, vehicles)
  const cost = await watchFrames(page, seconds)
  stop.abort()
  await run
  await close()
  return cost
}

interface Replayed extends FrameCost {
  readonly seekMs: readonly number[]
}

const measureReplay = async (
  viewer: TestViewer,
  browser: Browser,
  { vehicles, seconds, day }: { vehicles: number; seconds: number; day: number },
): Promise<Replayed> => {
  const from = Date.UTC(2026, 0, 5 + day, 7)
  const reports = Math.round(REPLAY_ROWS / vehicles)
  const to = from + reports * INTERVAL_MS
  const time = (ms: number): string => new Date(ms).toISOString()
  await runGeneration(viewer.hub, { vehicles, events: vehicles * reports, startTime: time(from), seed: 7 })
  const { page, close } = await openPage(browser, `${viewer.url}/replay?everywhere&when=${time(from)}..${time(to)}`)
  await page.getByTestId('replay-track').waitFor({ timeout: 180_000 })
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  const cost = await watchFrames(page, seconds)
  await page.getByRole('button', { name: /^(Pause|Play)$/ }).click()
  const box = (await page.getByTestId('replay-track').boundingBox())!
  for (let seek = 1; seek <= SEEKS; seek++) {
    const measured = await page.evaluate(() => performance.getEntriesByName('fleet:seek').length)
    await page.mouse.click(box.x + (((seek * 37) % 101) / 101) * box.width, box.y + 8)
    await page.waitForFunction((count) => performance.getEntriesByName('fleet:seek').length > count, measured)
  }
  const seekMs = await page.evaluate(() => performance.getEntriesByName('fleet:seek').map(({ duration }) => duration))
  await close()
  return { ...cost, seekMs: seekMs.slice(-SEEKS) }
}

const measureHeap = async (viewer: TestViewer, browser: Browser): Promise<number> => {
  const { page, close } = await openPage(browser, viewer.url)
  await page.locator('[data-testid=hub-state][data-state=connected]').waitFor()
  await runGeneration(viewer.hub, {
    vehicles: 1_500,
    durationMs: 3_600_000,
    startTime: '2026-02-05T07:00:00Z',
    seed: 3,
  })
  await awaitVehicles(page, 1_500)
  const heapMb = await heapMbOf(page)
  await close()
  return heapMb
}

const measure = async ({ fleets, seconds }: ViewerBenchOptions): Promise<ViewerReport> => {
  const viewer = await startTestViewer()
  const browser = await launchBrowser()
  try {
    const opening = await measureOpening(browser, viewer.url)
    say(`first map ${opening.firstMapMs} ms, ${opening.bundleKb} kB of scripts and styles`)
    const heapMb = await measureHeap(viewer, browser)
    say(`heap after an hour of events ${heapMb} MB`)
    const [live, replay]: [Record<string, number>, Record<string, number>] = [{}, {}]
    const seekMs: number[] = []
    for (const [day, vehicles] of fleets.entries()) {
      const replayed = await measureReplay(viewer, browser, { vehicles, seconds, day })
      replay[vehicles] = replayed.jsMsPerFrame
      seekMs.push(...replayed.seekMs)
      say(`replay of ${vehicles} vehicles: ${replayed.jsMsPerFrame} ms a frame, ${replayed.frames} frames`)
    }
    for (const vehicles of fleets) {
      const cost = await measureLive(viewer, browser, vehicles, seconds)
      live[vehicles] = cost.jsMsPerFrame
      say(`live, ${vehicles} vehicles: ${cost.jsMsPerFrame} ms a frame, ${cost.frames} frames`)
    }
    return {
      live,
      replay,
      seekMs: Number(median(seekMs).toFixed(1)),
      seekLongestMs: Number(Math.max(...seekMs).toFixed(1)),
      heapMb,
      ...opening,
    }
  } finally {
    await browser.close()
    await viewer.stop()
  }
}

const main = async (): Promise<void> => {
  const options = parseViewerBenchOptions(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  const report = await measure(options)
  console.log(options.json ? JSON.stringify(report) : report)
}

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(reasonOf(error))
  process.exit(1)
}
