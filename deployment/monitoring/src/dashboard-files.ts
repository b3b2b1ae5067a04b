import { fileURLToPath } from 'node:url'
import { buildDashboard } from './build-dashboard.ts'
import { DASHBOARDS } from './dashboards/index.ts'

/** The files that Grafana reads, as they are to be. */
export const dashboardFiles = (): { readonly path: string; readonly text: string }[] =>
  DASHBOARDS.map((spec) => ({
    path: fileURLToPath(new URL(`../grafana/dashboards/${spec.uid}.json`, import.meta.url)),
    text: `${JSON.stringify(buildDashboard(spec), undefined, 2)}\n`,
  }))
