import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibilityFaults } from './testing/accessibility-faults.ts'
import { openGeneration } from './testing/open-generation.ts'
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

const countOf = (text: string | null): number => Number((text ?? '').replaceAll(/[^\d]/g, ''))

test('a run launched from the page is seen live; a vehicle is found, followed, and tells its last hour; the run is stopped', async () => {
  const { page, problems, close } = await openPage(browser, viewer.url)
  await openGeneration(page)
  await page.getByLabel('Vehicles', { exact: true }).fill('150')
  await page.getByRole('button', { name: 'More options' }).click()
  await page.getByLabel('Speed factor').fill('10')
  await page.getByLabel('Measures', { exact: true }).click()
  await page.getByRole('option', { name: 'temperature' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Generate', exact: true }).click()
  const vehicles = page.getByTestId('live-vehicles')
  await eventually(async () => countOf(await vehicles.textContent()) === 150, { what: '150 vehicles' })
  await eventually(async () => countOf(await page.getByTestId('live-rate').textContent()) > 0, { what: 'a rate' })

  await page.getByLabel('Back').click()
  await page.getByTestId('live-types').getByRole('checkbox').nth(1).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('0')
  const options = page.getByRole('option')
  // Until then they are those of the empty field.
  const areOfText = async (): Promise<boolean> => {
    const texts = await options.allTextContents()
    return texts.length > 0 && texts.every((text) => text.includes('0'))
  }
  await eventually(areOfText, { what: 'the vehicles with a 0 in their id' })
  const id = await options.first().locator('.font-mono, span').first().textContent()
  await page.keyboard.press('Enter')
  const card = page.getByTestId('vehicle-card')
  await card.waitFor()
  expect(id).toContain((await card.getByRole('heading').textContent())!.trim())
  await card.getByTestId('vehicle-measures').getByText('°C').waitFor()
  await card.getByRole('button', { name: 'Follow' }).click()
  await card.getByRole('button', { name: 'Following' }).waitFor()
  await page.getByTestId('vehicle-last-hour').click()
  await page.getByTestId('speed-chart').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')

  await page.getByTestId('live-generate').click()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('The run was stopped').waitFor()
  expect(problems).toEqual([])
  await close()
})

test('a run goes on while its page is reloaded, is listed there and on other pages, and is stopped from any of them', async () => {
  const { page, problems, close } = await openPage(browser, viewer.url)
  await openGeneration(page)
  await page.getByLabel('Vehicles', { exact: true }).fill('20')
  await page.getByRole('button', { name: 'Generate', exact: true }).click()
  await page.getByText('Generating', { exact: true }).waitFor()
  await page.reload()
  const other = await openPage(browser, viewer.url)
  const runOn = async (shown: Page): Promise<Locator> => {
    await openGeneration(shown)
    return shown.getByTestId('other-run').filter({ hasText: '20 vehicles in real time' })
  }
  const here = await runOn(page)
  const there = await runOn(other.page)
  await here.and(page.locator('[data-status=generating]')).waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await there.getByRole('button', { name: /^Stop the run/ }).click()
  await here.and(page.locator('[data-status=stopped]')).waitFor()
  expect(await here.getByRole('button').count()).toBe(0)
  expect([...problems, ...other.problems]).toEqual([])
  await other.close()
  await close()
})

test('a run without a generator says so, where it was asked for', async () => {
  const lonely = await startTestViewer({ generators: 0 })
  const { page, close } = await openPage(browser, lonely.url)
  await openGeneration(page)
  await page.getByRole('button', { name: 'Generate', exact: true }).click()
  const alert = page.getByRole('alert').filter({ hasText: /no generator is running/i })
  await alert.waitFor()
  expect(await alert.textContent()).toContain('npm start')
  await close()
  await lonely.stop()
})
