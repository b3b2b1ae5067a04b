import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'
import { archiveHour, EVERYWHERE, VEHICLES } from './testing/archived-hour.ts'

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer(), launchBrowser()])
  await archiveHour(viewer)
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

const visible = async (page: Page): Promise<number> => Number(await page.getByTestId('replay-visible').textContent())
const timeOf = async (page: Page): Promise<string> => (await page.getByTestId('replay-time').textContent())!.trim()

test('a search is replayed: played, scrubbed, stepped, and its address opens at that instant', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/replay${EVERYWHERE}`)
  const track = page.getByTestId('replay-track')
  await track.waitFor()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  const begun = await timeOf(page)
  await eventually(async () => (await timeOf(page)) !== begun, { what: 'time that goes on' })
  await page.getByRole('button', { name: 'Pause', exact: true }).click()

  const box = (await track.boundingBox())!
  await page.mouse.click(box.x + box.width / 2, box.y + 10)
  await eventually(async () => /^07:(29|30|31)/.test(await timeOf(page)), { what: 'the middle of the hour' })
  await eventually(async () => (await visible(page)) === VEHICLES, { what: 'all vehicles at half past seven' })
  await track.focus()
  await page.keyboard.press('End')
  await eventually(async () => /^(07:59|08:00)/.test(await timeOf(page)), { what: 'the end' })
  await page.keyboard.press('Home')
  await eventually(async () => (await timeOf(page)).startsWith('07:00'), { what: 'the beginning' })
  await page.keyboard.press('.')
  await page.mouse.click(box.x + box.width / 4, box.y + 10)
  const quarter = await timeOf(page)
  const timeInAddress = (): string => new URL(page.url()).searchParams.get('t') ?? ''
  await eventually(() => timeInAddress().includes(`T${quarter}`), { what: 'the time in the address' })

  await page.reload()
  await track.waitFor()
  await eventually(async () => (await timeOf(page)) === quarter, { what: 'the same time after a reload' })

  await page.getByRole('link', { name: 'Live', exact: true }).click()
  await page.getByTestId('live-vehicles').waitFor()
  await page.getByRole('link', { name: 'Replay', exact: true }).click()
  await eventually(async () => (await timeOf(page)) === quarter, { what: 'the same time after the live view' })
  expect(problems).toEqual([])
  await close()
})

test('a replay that plays is left at once', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/replay${EVERYWHERE}`)
  await page.getByTestId('replay-track').waitFor()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  for (const [name, path] of [
    ['Archive', '/archive'],
    ['Live', '/'],
  ]) {
    await page.getByRole('link', { name, exact: true }).click()
    await page.waitForURL((url) => url.pathname === path && url.search === '')
    await page.getByRole('link', { name, exact: true }).and(page.locator('[aria-current=page]')).waitFor()
  }
  expect(problems).toEqual([])
  await close()
})

test('without a search there is nothing to replay, and that is said', async () => {
  const { page, close } = await openPage(browser, `${viewer.url}/replay`)
  const nothing = page.getByText('Nothing to replay yet').first()
  await nothing.waitFor()
  expect(await nothing.isVisible()).toBe(true)
  await close()
})
