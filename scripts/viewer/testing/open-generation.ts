import type { Page } from 'playwright-core'

/** Opens the form that launches vehicles: where it is depends on whether the page knows of any. */
export const openGeneration = (page: Page): Promise<void> =>
  page
    .getByTestId('live-generate')
    .or(page.getByRole('button', { name: 'Generate vehicles' }))
    .first()
    .click()
