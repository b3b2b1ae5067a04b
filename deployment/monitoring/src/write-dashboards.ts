import { writeFile } from 'node:fs/promises'
import { dashboardFiles } from './dashboard-files.ts'

/** node deployment/monitoring/src/write-dashboards.ts */
for (const { path, text } of dashboardFiles()) await writeFile(path, text)
