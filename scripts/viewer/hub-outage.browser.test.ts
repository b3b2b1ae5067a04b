import { eventually, freezeProcess } from '@fleetlake/testing'
import { launchBrowser, openPage } from '@fleetlake/testing/browser'
import { expect, onTestFinished, test } from 'vitest'
import { startTestViewer } from './testing/viewer.ts'
import { archiveHour, EVENTS, EVERYWHERE } from './testing/archived-hour.ts'

test('nats-server is killed: the page says so, comes back by itself, and searches again', async () => {
  const viewer = await startTestViewer({ restart: true, hubSilenceMs: 600_000 })
  onTestFinished(() => viewer.stop())
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  await archiveHour(viewer)
  const { page } = await openPage(browser, `${viewer.url}/search${EVERYWHERE}`)
  const status = page.locator('[data-testid=search-status][data-status=complete]')
  await status.waitFor()
  const hub = viewer.stack.processes().find(({ name }) => name === 'hub')!
  // Frozen first, so that it is away for as long as it takes to see what the page says.
  await freezeProcess(hub.pid)
  const state = page.getByTestId('hub-state')
  await eventually(async () => (await state.getAttribute('data-state')) === 'disconnected', { what: 'a lost hub' })
  await page.getByTestId('hub-outage').waitFor()
  process.kill(hub.pid, 'SIGKILL')
  await eventually(async () => (await state.getAttribute('data-state')) === 'connected', { what: 'the hub again' })
  await page.reload()
  await status.waitFor()
  expect((await page.getByTestId('found-positions').textContent())!.replaceAll(/[^\d]/g, '')).toBe(String(EVENTS))
})
