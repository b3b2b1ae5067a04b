import type { DashboardSpec } from '../panel.ts'
import { INGEST } from './ingest.ts'
import { OVERVIEW } from './overview.ts'
import { SEARCH } from './search.ts'

export const DASHBOARDS: readonly DashboardSpec[] = [OVERVIEW, INGEST, SEARCH]
