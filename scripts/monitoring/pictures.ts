/**
 * Draws the dashboards with the data of a stack under load into docs/images: `node scripts/monitoring/pictures.ts [minutes]`. It checks the dashboards' own JSON, and is not
 * Grafana: same panels, queries and units, drawn with uPlot.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from '@fleetlake/testing/browser'
import { drawnPage, emptyPanels, fillDashboard, lastMinutes } from './draw-dashboard.ts'
import { makeLoad } from './make-load.ts'
import { readDashboards } from './read-dashboards.ts'
import { startScrapedStack } from './scraped-stack.ts'

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url))
const MINUTES = Number(process.argv[2] ?? 6)

await mkdir(FOLDER, { recursive: true })
const scraped = await startScrapedStack()
const browser = await launchBrowser()
const stop = new AbortController()
try {
  const load = makeLoad(scraped, stop.signal)
  await Promise.race([load, delay(MINUTES * 60_000)])
  for (const dashboard of await readDashboards()) {
    const panels = await fillDashboard(dashboard, scraped.prometheus, lastMinutes(MINUTES))
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
    await page.setContent(await drawnPage(dashboard.title, panels))
    await page.locator('body[data-drawn]').waitFor()
    const name = dashboard.uid.replace(/^fleetlake/, 'monitoring')
    await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true })
    await page.close()
    const empty = emptyPanels(panels)
    console.log(`${name}.png: ${panels.length} panels, empty: ${empty.length === 0 ? 'none' : empty.join(', ')}`)
  }
  const firing = await scraped.prometheus.query('ALERTS{alertstate="firing"}')
  console.log(`alarms that fire: ${firing.map(({ metric }) => metric.alertname).join(', ') || 'none'}`)
  stop.abort()
  await load
} finally {
  stop.abort()
  await browser.close()
  await scraped.stop()
}
