import type { CDPSession, Page } from 'playwright-core'

export interface FrameCost {
  readonly frames: number
  /** JavaScript of the main thread, of everything that the page does meanwhile. */
  readonly jsMsPerFrame: number
}

const metricsOf = async (session: CDPSession): Promise<Record<string, number>> => {
  const { metrics } = await session.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}

/** What the main thread's JavaScript costs, by the browser's own account, for each frame that it gave the page meanwhile. */
export const watchFrames = async (page: Page, seconds: number): Promise<FrameCost> => {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const before = await metricsOf(session)
  const frames = await page.evaluate(
    (ms) =>
      new Promise<number>((resolve) => {
        let count = 0
        const until = performance.now() + ms
        const tick = (): void => {
          count++
          if (performance.now() < until) requestAnimationFrame(tick)
          else resolve(count)
        }
        requestAnimationFrame(tick)
      }),
    seconds * 1_000,
  )
  const after = await metricsOf(session)
  await session.detach()
  const jsMs = (after['ScriptDuration'] - before['ScriptDuration']) * 1_000
  return { frames, jsMsPerFrame: Number((jsMs / Math.max(1, frames)).toFixed(2)) }
}

/** Of the page's main thread after a collection of garbage, MiB. */
export const heapMbOf = async (page: Page): Promise<number> => {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return Math.round(usedSize / 2 ** 20)
}
