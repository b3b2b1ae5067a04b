import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export interface Alert {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly labels: { readonly severity: 'page' | 'ticket' }
  readonly annotations: { readonly summary: string; readonly runbook: string }
}

export const ALERTS_FILE = fileURLToPath(new URL('../prometheus/alerts.yml', import.meta.url))

/** The alarms as Prometheus reads them. */
export const readAlerts = async (): Promise<readonly Alert[]> => {
  const { groups } = parse(await readFile(ALERTS_FILE, 'utf8')) as { groups: { rules: Alert[] }[] }
  return groups.flatMap(({ rules }) => rules)
}
