import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { SCRAPE_SECONDS } from './scrape-config.ts'

/** A panel of Grafana's JSON, as far as it is looked at. */
export interface Panel {
  readonly type: 'row' | 'stat' | 'timeseries' | 'table'
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] }
    }
  }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[]
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
}

const FOLDER = fileURLToPath(new URL('../../deployment/monitoring/grafana/dashboards', import.meta.url))

/** The dashboards, as Grafana would read them. */
export const readDashboards = async (): Promise<readonly Dashboard[]> => {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json'))
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(FOLDER, name), 'utf8')) as Dashboard))
}

/** Grafana's variable of a query, at the pace at which a stack on this machine is scraped. */
export const askable = (expr: string): string => expr.replaceAll('$__rate_interval', `${12 * SCRAPE_SECONDS}s`)
