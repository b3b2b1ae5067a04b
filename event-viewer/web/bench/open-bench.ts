import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchBrowser, openPage, type OpenedPage } from '@fleetlake/testing/browser'
import { build, preview } from 'vite'
import type { BenchPage } from './page.ts'

declare global {
  /** In the page. */
  var bench: BenchPage
}

export interface BenchOptions {
  readonly theme?: 'dark' | 'light'
  readonly width?: number
  readonly height?: number
  readonly pixelRatio?: number
}

export interface BenchBrowser {
  /** A page whose layer draws. */
  open(options?: BenchOptions): Promise<OpenedPage>
  close(): Promise<void>
}

/** Builds the page, serves it and starts a browser. */
export const openBench = async (): Promise<BenchBrowser> => {
  const outDir = await mkdtemp(join(tmpdir(), 'fleetlake-bench-'))
  const config = { configFile: join(import.meta.dirname, 'vite.config.ts'), build: { outDir } }
  await build(config)
  const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0 } })
  const browser = await launchBrowser()
  return {
    open: async ({ theme = 'dark', width = 1280, height = 800, pixelRatio = 1 } = {}) => {
      const opened = await openPage(browser, `${server.resolvedUrls?.local[0]}?theme=${theme}`, {
        viewport: { width, height },
        deviceScaleFactor: pixelRatio,
      })
      await opened.page.waitForFunction(() => 'bench' in globalThis)
      await opened.page.evaluate(() => bench.ready())
      return opened
    },
    close: async () => {
      await browser.close()
      await server.close()
      await rm(outDir, { recursive: true })
    },
  }
}
