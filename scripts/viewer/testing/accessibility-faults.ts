import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Waits for what moves once to end: what fades in or out has less contrast than it is meant to have. */
const settle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const isOnce = ({ effect, playState }: Animation): boolean =>
      playState === 'running' && effect?.getComputedTiming().endTime !== Infinity
    await Promise.allSettled(
      document
        .getAnimations()
        .filter(isOnce)
        .map(({ finished }) => finished),
    )
  })

/** Serious faults of accessibility of what a page shows once it is still; what is wider than the screen is one. */
export const accessibilityFaults = async (page: Page): Promise<string[]> => {
  await settle(page)
  await page.evaluate(await readFile(AXE, 'utf8'))
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run({
      resultTypes: ['violations'],
    }),
  )
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const isScrolling = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  return [
    ...serious.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    ),
    ...(isScrolling ? ['is wider than the screen'] : []),
  ]
}
