import { openRegistryStore } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { addAreas, openRegistry } from '@fleetlake/registry'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibilityFaults } from './testing/accessibility-faults.ts'
import { archiveHour, HOUR } from './testing/archived-hour.ts'
import { askTerminal } from './testing/ask-terminal.ts'
import { firstMap } from './testing/first-map.ts'
import { startTestViewer, type TestViewer } from './testing/viewer.ts'

const box = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
})
const OLD_TOWN = box(-56.215, -34.915, -56.19, -34.9)
const COAST = box(-56.19, -34.93, -56.12, -34.9)

let viewer: TestViewer
let browser: Browser

/** As `fleet areas add` does. */
const addNamed = async (): Promise<void> => {
  const { archive } = configSchema.parse({ archive: { path: viewer.archivePath } })
  const registry = await openRegistry(await openRegistryStore(archive))
  await addAreas(
    registry,
    [
      { name: 'Old town', geometry: OLD_TOWN, colour: '#f59e0b', description: 'between the harbour and the gate' },
      { name: 'Coast', geometry: COAST },
    ],
    { who: 'anna' },
  )
  await registry.close()
}

beforeAll(async () => {
  ;[viewer, browser] = await Promise.all([startTestViewer(), launchBrowser()])
  await archiveHour(viewer)
  await addNamed()
})
afterAll(async () => {
  await browser?.close()
  await viewer?.stop()
})

const awaitComplete = (page: Page): Promise<void> =>
  page.locator('[data-testid=search-status][data-status=complete]').waitFor()
const foundIn = async (page: Page): Promise<number> =>
  Number((await page.getByTestId('found-positions').textContent())!.replaceAll(/[^\d]/g, ''))
const line = (page: Page, name: string) =>
  page.getByTestId('named-areas').getByRole('listitem').filter({ hasText: name })

test('an area of the list is searched in, and its link finds the same for somebody else, also after it was renamed', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/search`)
  await firstMap(page)
  await page.getByText('Areas', { exact: true }).click()
  await line(page, 'Old town').getByRole('button', { name: 'Old town' }).first().click()
  await page.getByRole('switch', { name: 'Show all areas on the map' }).click()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'All there is' }).click()
  await page.getByTestId('search-run').click()
  await awaitComplete(page)
  const found = await foundIn(page)
  expect(found).toBe((await askTerminal(viewer, OLD_TOWN, HOUR)).length)
  expect(found).toBeGreaterThan(100)
  const link = page.url()
  expect(new URL(link).searchParams.getAll('in')).toEqual([expect.stringMatching(/^area-[a-z2-7]{10}$/)])
  await page.getByRole('tab', { name: 'Search' }).click()
  await page.getByRole('button', { name: 'More for Old town' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  const name = page.getByRole('textbox', { name: 'Name of the area' })
  await name.fill('COAST')
  await page.getByRole('button', { name: 'Rename', exact: true }).click()
  await page.getByRole('dialog').getByText('There is an area "Coast" already').waitFor()
  await name.fill('Ciudad Vieja')
  await page.getByRole('button', { name: 'Rename', exact: true }).click()
  await line(page, 'Ciudad Vieja').waitFor()
  await close()

  for (const address of [link, `${viewer.url}/search?in=ciudad+vieja&when=all`]) {
    const other = await openPage(browser, address)
    await awaitComplete(other.page)
    expect(await foundIn(other.page)).toBe(found)
    expect(other.problems).toEqual([])
    await other.close()
  }
  expect(problems.filter((problem) => !problem.includes('400'))).toEqual([])
})

test('what is drawn is saved with a name, searched in by it, and removed', async () => {
  const { page, close } = await openPage(browser, `${viewer.url}/search`, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  await page.getByRole('button', { name: 'GeoJSON' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill(JSON.stringify(COAST))
  await page.getByRole('button', { name: 'Use as areas' }).click()
  await page.getByRole('button', { name: 'Save with a name' }).click()
  await page.getByRole('textbox', { name: 'Name of the area' }).fill('Rambla')
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await line(page, 'Rambla').locator('[aria-pressed=true]').waitFor()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'More for Rambla', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await line(page, 'Rambla').waitFor({ state: 'detached' })
  await page.getByText(/There is no area “area-[a-z2-7]{10}” any more/).waitFor()
  await close()
})

/** As somebody else does it whose page is open too. */
const renameElsewhere = async (page: Page, from: string, to: string): Promise<void> => {
  const status = await page.evaluate(
    async ([name, next]) => {
      const { areas } = (await (await fetch('/api/areas')).json()) as {
        areas: { id: string; version: number; name: string }[]
      }
      const { id, version } = areas.find((area) => area.name === name)!
      const headers = { 'Content-Type': 'application/json' }
      const body = JSON.stringify({ version, name: next })
      return (await fetch(`/api/areas/${id}`, { method: 'PATCH', headers, body })).status
    },
    [from, to],
  )
  expect(status).toBe(200)
}

test('an area that another has changed meanwhile is renamed and removed by who tries again', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}/search`)
  const dialog = page.getByRole('dialog')
  const openFor = async (area: string, item: string): Promise<void> => {
    await page.getByRole('button', { name: `More for ${area}`, exact: true }).click()
    await page.getByRole('menuitem', { name: item }).click()
    await dialog.getByText(`${item} ${area}`).waitFor()
  }
  await page.getByText('Areas', { exact: true }).click()
  await openFor('Coast', 'Rename')
  await renameElsewhere(page, 'Coast', 'Shore')
  await page.getByRole('textbox', { name: 'Name of the area' }).fill('Beach')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await dialog.getByText('was changed by anyone').waitFor()
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await line(page, 'Beach').waitFor()

  await openFor('Beach', 'Remove')
  await renameElsewhere(page, 'Beach', 'Sand')
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await dialog.getByText('was changed by anyone').waitFor()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await line(page, 'Sand').waitFor({ state: 'detached' })
  expect(problems.filter((problem) => !problem.includes('409'))).toEqual([])
  await close()
})
