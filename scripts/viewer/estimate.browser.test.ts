import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import { liveFiles } from '@fleetlake/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibilityFaults } from './testing/accessibility-faults.ts'
import { archiveHour } from './testing/archived-hour.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

const value = (page: Page, label: string): Promise<string> => page.getByLabel(label, { exact: true }).inputValue()

test('an empty archive begins with measured figures; what is typed is reckoned with; what is wrong is said', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/archive`)
  const estimate = page.getByTestId('archive-estimate')
  await estimate.waitFor()
  expect([await value(page, 'Cells'), await value(page, 'Bytes per position')]).toEqual(['26', '4.25'])
  await page.getByLabel('Vehicles', { exact: true }).fill('15000')
  await page.getByLabel('Vehicles', { exact: true }).press('Tab')
  // 15,000 / 5 s × 86,400 s × 365.25 × 7.
  await estimate.getByText('663 billion').waitFor()
  expect(await estimate.getByRole('row', { name: /^AWS, S3/ }).textContent()).toMatch(
    /us-east-1.*\$294.*\$310.*\$25,528/,
  )
  await page.getByLabel('Years', { exact: true }).fill('500')
  await page.getByLabel('Years', { exact: true }).press('Tab')
  await estimate
    .getByRole('alert')
    .getByText(/^“Years” /)
    .waitFor()
  expect(problems).toEqual([])
  await close()
})

test('an archive with positions begins with its own cells and bytes, on a phone too', async () => {
  await archiveHour(viewer)
  const { files } = await liveFiles(`${viewer.archivePath}/moves`)
  const cells = new Set(files.map(({ path }) => /cell=([^/]+)/.exec(path)![1])).size
  for (const colorScheme of ['dark', 'light'] as const) {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme }
    const { page, problems, close } = await openPage(browser, `${viewer.url}/archive`, phone)
    await page.getByRole('tab', { name: 'Estimate' }).click()
    await page.getByTestId('archive-estimate').waitFor()
    expect(await value(page, 'Cells')).toBe(String(cells))
    expect(Number(await value(page, 'Bytes per position'))).toBeGreaterThan(1)
    expect(await accessibilityFaults(page)).toEqual([])
    expect(problems).toEqual([])
    await close()
  }
})
