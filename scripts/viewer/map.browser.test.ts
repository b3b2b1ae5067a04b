import { readFile } from 'node:fs/promises'
import { eventually } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseMapHash, type MapView } from '../../event-viewer/web/app/map/start/map-hash.ts'
import { firstMap } from './testing/first-map.ts'
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

const viewOf = (page: Page): MapView | undefined => parseMapHash(new URL(page.url()).hash)

const comesTo = async (page: Page, view: MapView): Promise<void> => {
  const isThere = (): true => {
    expect(viewOf(page)).toEqual(view)
    return true
  }
  await eventually(isThere, { what: 'a view' })
}

test('where the map looks is in the URL, survives a reload and a change of page, and H goes home', async () => {
  const { page, problems, close } = await openPage(browser, viewer.url)
  await firstMap(page)
  await page.getByText('© OpenStreetMap contributors').waitFor()
  const home = await eventually(() => viewOf(page), { what: 'the view in the URL' })
  await page.getByRole('button', { name: 'Zoom in' }).click()
  await eventually(() => viewOf(page)!.zoom > home.zoom + 0.9, { what: 'a nearer view in the URL' })
  await page.getByRole('region', { name: 'Map', exact: true }).focus()
  await page.keyboard.press('Shift+ArrowRight')
  await eventually(() => viewOf(page)!.bearing !== 0, { what: 'a turned view in the URL' })
  const moved = viewOf(page)
  await page.reload()
  await firstMap(page)
  expect(viewOf(page)).toEqual(moved)
  await page.getByRole('link', { name: 'Search', exact: true }).click()
  await page.waitForURL(/\/search/)
  await eventually(() => viewOf(page) !== undefined, { what: 'the view in the URL of another page' })
  expect(viewOf(page)).toEqual(moved)
  await page.goBack()
  await page.getByRole('link', { name: 'Live', exact: true }).and(page.locator('[aria-current=page]')).waitFor()
  await eventually(() => viewOf(page) !== undefined, { what: 'the view in its URL' })
  expect(viewOf(page)).toEqual(moved)
  await page.keyboard.press('h')
  await comesTo(page, home)
  expect(problems).toEqual([])
  await close()
})

test('a link that says where to look is followed, also in a page that is open', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}#map=14.5/-34.9058/-56.1913/30`)
  await firstMap(page)
  expect(viewOf(page)).toEqual({ zoom: 14.5, latitude: -34.9058, longitude: -56.1913, bearing: 30 })
  await page.evaluate(() => (location.hash = '#map=13/-34.88/-56.17'))
  await page.getByText('500 m', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Zoom out' }).click()
  await comesTo(page, { zoom: 12, latitude: -34.88, longitude: -56.17, bearing: 0 })
  expect(problems).toEqual([])
  await close()
})

test('a picture of the map is saved, in the colours of the theme, and a change of theme does not move the map', async () => {
  const { page, problems, close } = await openPage(browser, `${viewer.url}#map=13/-34.9058/-56.17`)
  await firstMap(page)
  const savePicture = async (): Promise<Buffer> => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save a picture' }).click()
    return await readFile(await (await download).path())
  }
  const dark = await savePicture()
  const before = viewOf(page)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.locator('html.light').waitFor()
  const light = await savePicture()
  const { width, height } = (await page.getByRole('region', { name: 'Map', exact: true }).boundingBox())!
  for (const picture of [dark, light]) {
    expect(picture.subarray(1, 4).toString()).toBe('PNG')
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([width, height])
    expect(picture.length).toBeGreaterThan(20_000)
  }
  expect(light.equals(dark)).toBe(false)
  expect(viewOf(page)).toEqual(before)
  expect(problems).toEqual([])
  await close()
})
