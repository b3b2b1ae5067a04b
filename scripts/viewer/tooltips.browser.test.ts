import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PAGES } from '../../event-viewer/web/api/pages.ts'
import { reportMeasures } from './testing/measured-vehicles.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

/** A minute in which vehicles reported every ten seconds, and the search for it as the page's address holds it. */
const MINUTE = Date.parse('2026-01-05T07:00:00Z')
const IN_MINUTE = '?everywhere&when=2026-01-05T07:00:00Z..2026-01-05T07:01:00Z'

let viewer: TestViewer
let browser: Browser

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer({ generators: 0 }), launchBrowser()])
  for (let ms = 0; ms < 60_000; ms += 10_000) await reportMeasures(viewer, MINUTE + ms)
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

const focused = (page: Page, what: Locator): Locator => what.and(page.locator(':focus'))
const launchButton = (page: Page): Locator => page.getByRole('button', { name: /^Generate (vehicles|positions)/ })
const launchTitle = (page: Page): Locator => page.getByRole('heading', { name: 'Generate positions' })

/** The tooltips that stay once the page has drawn what it knows: one that closes fades away for as long as the machine takes. */
const tooltipsOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  const closing = page.locator('[data-state=closed] > [role=tooltip]')
  await eventually(async () => (await closing.count()) === 0, { what: 'the end of the tooltips that close' })
  return (await page.locator('[role=tooltip]').allTextContents()).map((text) => text.trim())
}

/** Ways to press a button; the pointer rests on none afterwards. */
const WAYS: Readonly<Record<'the mouse' | 'keys', (page: Page, button: Locator) => Promise<void>>> = {
  'the mouse': async (page, button) => {
    await button.click()
    await page.mouse.move(0, 0)
  },
  keys: async (page, button) => {
    await button.focus()
    await page.keyboard.press('Enter')
  },
}

describe.each(['the mouse', 'keys'] as const)('nothing that is opened by %s has a tooltip', (way) => {
  /** A page on which panels are opened one after the other, and their tooltips noted. */
  const openPanels = async (
    address: string,
  ): Promise<{
    readonly page: Page
    readonly tooltips: Readonly<Record<string, string[]>>
    open(name: string, opener: Locator, shown: Locator): Promise<void>
    note(name: string): Promise<void>
    close(): Promise<void>
  }> => {
    const { page, close } = await openPage(browser, viewer.url + address)
    await page.locator('[data-testid=hub-state][data-state=connected]').waitFor()
    const tooltips: Record<string, string[]> = {}
    const note = async (name: string): Promise<void> => {
      const found = await tooltipsOf(page)
      if (found.length > 0) tooltips[name] = found
    }
    return {
      page,
      tooltips,
      open: async (name, opener, shown) => {
        await WAYS[way](page, opener)
        await shown.waitFor()
        await note(name)
      },
      note,
      close,
    }
  }

  test('pages, and what they all have', async () => {
    const { page, tooltips, open, close } = await openPanels('/services')
    await open('hub', page.getByTestId('hub-state'), page.getByText('Address', { exact: true }))
    for (const { label } of PAGES) {
      const link = page.getByRole('link', { name: label, exact: true })
      await open(label, link, link.and(page.locator('[aria-current=page]')))
    }
    expect(tooltips).toEqual({})
    await close()
  })

  test('the form that launches vehicles, and a live vehicle', async () => {
    const { page, tooltips, open, note, close } = await openPanels('/')
    await open('launch', launchButton(page), launchTitle(page))
    await eventually(
      async () => {
        await reportMeasures(viewer, Date.now())
        return /[1-9]/.test((await page.getByTestId('live-vehicles').textContent()) ?? '')
      },
      { what: 'a live vehicle' },
    )
    await page.getByPlaceholder('Find a vehicle by id').fill('cool-2')
    const option = page.getByRole('option', { name: 'cool-2' })
    await option.waitFor()
    if (way === 'keys') await page.keyboard.press('Enter')
    else await WAYS[way](page, option)
    await page.getByTestId('vehicle-card').waitFor()
    await note('vehicle')
    expect(tooltips).toEqual({})
    await close()
  })

  test('dialogs, forms and tables of a search', async () => {
    const { page, tooltips, open, close } = await openPanels(`/search${IN_MINUTE}`)
    const button = (name: string): Locator => page.getByRole('button', { name, exact: true })
    const field = (name: string): Locator => focused(page, page.getByRole('textbox', { name, exact: true }))
    await page.locator('[data-testid=search-status][data-status=complete]').waitFor()
    const wideTable = page.getByRole('region', { name: 'Results' }).getByTestId('vehicle-table')
    await open('table', button('Show the table with all columns below the map'), wideTable)
    await open('form', page.getByRole('tab', { name: 'Search' }), page.getByRole('heading', { name: 'Which vehicles' }))
    await open('ids', button('Paste many'), field('Vehicle ids'))
    await WAYS[way](page, button('Cancel'))
    await page.getByText('Drawn', { exact: true }).click()
    await open('GeoJSON', button('GeoJSON'), field('GeoJSON'))
    expect(tooltips).toEqual({})
    await close()
  })

  test('a vehicle of a replay', async () => {
    const { page, tooltips, open, close } = await openPanels(`/replay${IN_MINUTE}`)
    const vehicles = page.getByTestId('replay-vehicles').getByRole('button')
    await open('vehicle', vehicles.first(), page.getByTestId('replay-vehicle'))
    expect(tooltips).toEqual({})
    await close()
  })
})

test('the list of keys has no tooltip', async () => {
  const { page, close } = await openPage(browser, `${viewer.url}/services`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  expect(await tooltipsOf(page)).toEqual([])
  await close()
})

test('a button shows its tooltip once the focus is moved to it by key', async () => {
  const { page, close } = await openPage(browser, viewer.url)
  await launchButton(page).click()
  await focused(page, launchTitle(page)).waitFor()
  await page.keyboard.press('Shift+Tab')
  await focused(page, page.getByRole('button', { name: 'Back' })).waitFor()
  await page.locator('[role=tooltip]').getByText('Back').waitFor({ state: 'attached' })
  expect(await tooltipsOf(page)).toEqual(['BackEsc'])
  await page.keyboard.press('Tab')
  await page.locator('[role=tooltip]').waitFor({ state: 'detached' })
  await close()
})

test('a dialog that is closed with the mouse leaves no tooltip at the button that opened it', async () => {
  const { page, close } = await openPage(browser, `${viewer.url}/search`)
  const opener = page.getByRole('button', { name: 'GeoJSON' })
  await WAYS['the mouse'](page, opener)
  const dialog = page.getByRole('dialog', { name: 'Areas from GeoJSON' })
  await WAYS['the mouse'](page, dialog.getByRole('button', { name: 'Close' }))
  await focused(page, opener).waitFor()
  expect(await tooltipsOf(page)).toEqual([])
  await close()
})
