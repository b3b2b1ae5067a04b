import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { provideChromium } from './provide-chromium.ts'

/** WebGL 2 in software, nothing asked of the internet. */
const FLAGS = [
  '--no-sandbox',
  '--headless=new',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

/** Ends a wait that hangs: the page of a slow or busy machine takes what it takes. */
const HANGS_AFTER_MS = 240_000

export interface LaunchOptions {
  /** More flags of Chromium, e.g. `--js-flags=--expose-gc`. */
  readonly flags?: readonly string[]
  readonly say?: (line: string) => void
}

/** A Chromium without a window; it ends with this process. @throws FleetError `browser.missing` */
export const launchBrowser = async ({ flags = [], say }: LaunchOptions = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: await provideChromium(say === undefined ? {} : { say }),
    args: [...FLAGS, ...flags],
    // A program run as root has no sandbox.
    chromiumSandbox: false,
  })

export interface OpenedPage {
  readonly page: Page
  /**
   * What the page did wrong so far: uncaught errors, errors in the console, what the policy refused, requests to
   * another host than its own.
   */
  readonly problems: readonly string[]
  close(): Promise<void>
}

/** A page of its own, as if in another profile: 1280 × 800, dark, in English and UTC, unless said otherwise. */
export const openPage = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'dark',
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...options,
  })
  context.setDefaultTimeout(HANGS_AFTER_MS)
  const problems: string[] = []
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`)
  })
  const { hostname } = new URL(url)
  page.on('request', (request) => {
    const asked = request.url()
    if (/^https?:/.test(asked) && new URL(asked).hostname !== hostname) problems.push(`request to ${asked}`)
  })
  await page.goto(url)
  return { page, problems, close: () => context.close() }
}
