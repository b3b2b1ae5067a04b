import type { Page } from 'playwright-core'

/** Waits until the map is drawn with all that is in view: before, it takes no clicks. */
export const firstMap = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => performance.getEntriesByName('fleet:first-map').length > 0)
}
