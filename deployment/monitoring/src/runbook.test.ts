import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readAlerts } from './alerts.ts'

const runbook = await readFile(new URL('../../../docs/runbook.md', import.meta.url), 'utf8')
const alerts = await readAlerts()
const nameOf = (alert: string): string => alert.replace(/^Fleetlake/, '')

const after = (duration: string): string =>
  duration === '0m' ? 'at once' : `after ${duration.replace('m', ' min').replace('h', ' h')}`

test('each alarm has its section, with its severity, patience and query, and each section its alarm', () => {
  const sections = [...runbook.matchAll(/^## (\w+)\n\n(\w+), ([^:]+): `(.+)`$/gm)].map(([, name, ...said]) => [
    name,
    ...said,
  ])
  const expected = alerts.map(({ alert, expr, labels, for: patience }) => [
    nameOf(alert),
    labels.severity === 'page' ? 'Page' : 'Ticket',
    after(patience),
    expr,
  ])
  expect(sections).toEqual(expected)
})

test('each section says what the alarm means, where to look and what to do', () => {
  const sections = runbook.split(/^## /m).slice(1)
  const parts = sections.map((section) =>
    [...section.matchAll(/^- \*\*([\w ]+)\*\*: .{5,}$/gm)].map(([, part]) => part),
  )
  expect(parts).toEqual(sections.map(() => ['Means', 'Look at', 'Do']))
})

test('the table names all, with their severity, and alarms lead to their sections', () => {
  const rows = [...runbook.matchAll(/^\| \[(\w+)\]\(#(\w+)\) \| (\w+) \|/gm)].map(([, ...row]) => row)
  expect(rows).toEqual(alerts.map(({ alert, labels }) => [nameOf(alert), nameOf(alert).toLowerCase(), labels.severity]))
  expect(alerts.map(({ annotations }) => annotations.runbook)).toEqual(
    alerts.map(({ alert }) => `docs/runbook.md#${nameOf(alert).toLowerCase()}`),
  )
})

test('links within the runbook lead somewhere', () => {
  const anchors = new Set(alerts.map(({ alert }) => nameOf(alert).toLowerCase()))
  const links = [...runbook.matchAll(/\]\(#(\w+)\)/g)].map(([, anchor]) => anchor)
  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([])
})
