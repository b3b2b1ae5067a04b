import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibilityFaults } from './testing/accessibility-faults.ts'
import { addColumns, reportMeasures } from './testing/measured-vehicles.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer({ generators: 0 }), launchBrowser()])
  // Before the names are first read, since they are cached for a while.
  await addColumns(viewer)
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

/** Has the vehicles report until something is seen. */
const reportUntil = (seen: Locator): Promise<unknown> =>
  eventually(
    async () => {
      await reportMeasures(viewer, Date.now())
      return seen.isVisible()
    },
    { what: 'what the vehicles say' },
  )

test.each([
  ['desktop', {}],
  ['phone', PHONE],
] as const)('the card of a vehicle shows what it said last, with units, on a %s', async (_, options) => {
  const { page, problems, close } = await openPage(browser, viewer.url, options)
  await page.locator('[data-testid=hub-state][data-state=connected]').waitFor()
  const find = page.getByRole('combobox').or(page.getByPlaceholder(/find/i)).first()
  await reportUntil(find)
  await find.click()
  await find.fill('cool-2')
  await reportUntil(page.getByRole('option', { name: 'cool-2' }))
  await page.getByRole('option', { name: 'cool-2' }).click()
  const measures = page.getByTestId('vehicle-card').getByTestId('vehicle-measures')
  await reportUntil(measures)
  // It is not well known: its unit comes from the table.
  await measures.getByText('2.4 bar').waitFor()
  const names = await measures.locator('dt').allTextContents()
  const values = await measures.locator('dd').allTextContents()
  const said = Object.fromEntries(names.map((name, i) => [name.trim(), values[i].trim()]))
  expect(said).toMatchObject({ Temperature: '4.5 °C', 'Driver id': 'bertha', Ignition: 'no' })
  expect(said['Attributes']).toContain('long long')
  expect(await accessibilityFaults(page)).toEqual([])
  expect(problems).toEqual([])
  await close()
})

test('measures and a filter are asked for in the form, and what no measure can be named is told before anything is asked', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/search?everywhere&when=-1h..now`, PHONE)
  await page.locator('[data-testid=search-status][data-status]').waitFor()
  await page.getByRole('tab', { name: 'Search' }).click()
  await page.getByLabel('Measures', { exact: true }).fill('temperature, Speed')
  await page.getByText(/"Speed" is not a name of a measure/).waitFor()
  await page.getByLabel('Only where').fill('temperature > 0')
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByTestId('search-run').click()
  await page.getByTestId('search-fault').getByText('"Speed" is not a name of a measure').waitFor()
  expect(problems).toEqual([])
  await close()
})

test.each([
  ['desktop', {}],
  ['phone', PHONE],
] as const)(
  'the results have the measures as columns after the others, sorted like them, on a %s',
  async (_, options) => {
    await addColumns(viewer)
    await reportMeasures(viewer, Date.now())
    const address = `${viewer.url}/search?everywhere&when=-1h..now&select=*`
    const { page, problems, close } = await openPage(browser, address, options)
    await page.locator('[data-testid=search-status][data-status=complete]').waitFor()
    const table = page.getByTestId('vehicle-table')
    await table.waitFor()
    const heads = (await table.getByRole('columnheader').allTextContents()).map((text) => text.trim())
    expect(heads.slice(0, 4)).toEqual(['Vehicle', 'Points', 'Distance', 'Inside'])
    expect(heads.slice(4)).toEqual(
      expect.arrayContaining(['Temperature, °C', 'Driver id', 'Ignition', 'Pressure, bar']),
    )
    const columnOf = async (head: string): Promise<string[]> => {
      const cells = table.locator(`[role=gridcell][aria-colindex="${heads.indexOf(head) + 1}"]`)
      return (await cells.allTextContents()).map((text) => text.trim())
    }
    const head = table.getByRole('columnheader', { name: 'Temperature, °C' })
    await head.getByRole('button').click()
    await table.locator('[aria-sort=ascending]').getByText('Temperature').waitFor()
    expect(await columnOf('Vehicle')).toEqual(['cool-1', 'cool-2', 'plain-3'])
    expect(await columnOf('Temperature, °C')).toEqual(['-18.25', '4.5', '–'])
    // What the measures are of stays in sight where they are scrolled to.
    const idsAt = async (): Promise<number[]> => {
      const ids = table.locator('[aria-colindex="1"]')
      const boxes = await Promise.all((await ids.all()).map((cell) => cell.boundingBox()))
      return boxes.map((box) => Math.round(box!.x))
    }
    const before = await idsAt()
    const [most, moved] = await table.evaluate((element) => {
      element.scrollLeft = element.scrollWidth
      return [element.scrollWidth - element.clientWidth, element.scrollLeft]
    })
    expect(moved).toBe(most)
    expect(moved).toBeGreaterThan(0)
    expect(await idsAt()).toEqual(before)
    await table.evaluate((element) => (element.scrollLeft = 0))
    await head.getByRole('button').click()
    await table.locator('[aria-sort=descending]').getByText('Temperature').waitFor()
    expect(await columnOf('Driver id')).toEqual(['bertha', 'anna', '–'])
    expect(await accessibilityFaults(page)).toEqual([])
    expect(problems).toEqual([])
    await close()
  },
)

test('only what the filter is true of is found, and the address finds it again', async () => {
  await reportMeasures(viewer, Date.now())
  const { page, close } = await openPage(browser, `${viewer.url}/search?everywhere&when=-1h..now`)
  await page.locator('[data-testid=search-status][data-status=complete]').waitFor()
  await page.getByRole('tab', { name: 'Search' }).click()
  await page.getByLabel('Measures', { exact: true }).fill('temperature')
  await page.getByLabel('Only where').fill('temperature > 0')
  await page.getByTestId('search-run').click()
  const rows = page.getByTestId('vehicle-table').locator('[role=row][aria-selected]')
  await eventually(async () => (await rows.count()) === 1, { what: 'one vehicle' })
  await page.reload()
  await page.locator('[data-testid=search-status][data-status=complete]').waitFor()
  await eventually(async () => (await rows.allTextContents()).join().includes('cool-2'), { what: 'the same vehicle' })
  expect(await rows.count()).toBe(1)
  await close()
})
