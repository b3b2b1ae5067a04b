import type { Page } from 'playwright-core'
import { openBench } from './open-bench.ts'

/**
 * Main-thread milliseconds a frame of the vehicle layer and of Pixi's ParticleContainer, in Chromium without a graphics
 * processor: what the page itself does, not how fast a machine fills pixels. Ends with one line of JSON.
 *
 *     node event-viewer/web/bench/vehicles.bench.ts [--vehicles 1000,10000,100000] [--seconds 20]
 */
const option = (name: string, usual: string): string => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? usual : process.argv[at + 1]
}

const fleets = option('vehicles', '1000,10000,100000').split(',').map(Number)
const maxSeconds = Number(option('seconds', '20'))
/** Small, so that filling pixels in software leaves the main thread its core. */
const VIEWPORT = { width: 640, height: 400 }
const SPEED = 60
/** Enough that playing at 60 times goes through many pages. */
const reportsOf = (vehicles: number): number => Math.min(720, Math.ceil(1_200_000 / vehicles))

const rounded = (value: unknown): unknown =>
  typeof value === 'number'
    ? Math.round(value * 100) / 100
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]))
      : value

const browser = await openBench()
const inPage = async <Result>(work: (page: Page) => Promise<Result>): Promise<Result> => {
  const { page, problems, close } = await browser.open(VIEWPORT)
  const result = await work(page)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  await close()
  return result
}

const results: Record<string, Record<number, unknown>> = {
  live: {},
  replay: {},
  particlesLive: {},
  particlesReplay: {},
}
const tell = (what: string, vehicles: number, result: unknown): void => {
  results[what][vehicles] = rounded(result)
  console.error(`${what} ${vehicles}: ${JSON.stringify(results[what][vehicles])}`)
}

try {
  for (const vehicles of fleets) {
    const options = { vehicles, reports: reportsOf(vehicles), speed: SPEED, maxSeconds }
    const live = await inPage((page) => page.evaluate((given) => bench.measureLive(bench.layer, given), options))
    tell('live', vehicles, live)
    const replay = await inPage((page) =>
      page.evaluate(
        async (given) => ({
          ...(await bench.measureReplay(bench.layer, given)),
          seek: await bench.measureSeeks(bench.layer, given.reports),
        }),
        options,
      ),
    )
    tell('replay', vehicles, replay)
    const particlesLive = await inPage((page) =>
      page.evaluate(async (given) => bench.measureLive(await bench.particles(), given), options),
    )
    tell('particlesLive', vehicles, particlesLive)
    const particlesReplay = await inPage((page) =>
      page.evaluate(async (given) => bench.measureReplay(await bench.particles(), given), options),
    )
    tell('particlesReplay', vehicles, particlesReplay)
  }
} finally {
  await browser.close()
}
console.log(JSON.stringify(results))
