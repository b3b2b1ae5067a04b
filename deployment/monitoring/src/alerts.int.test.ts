import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '@fleetlake/testing'
import { providePrometheus } from '@fleetlake/testing/prometheus'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { ALERTS_FILE, readAlerts } from './alerts.ts'
import { type Firing, FIRINGS, MISSED, RETURNED, SUDDEN, WELL } from './testing/firing.ts'

const run = promisify(execFile)
const { promtool } = await providePrometheus()
const alerts = await readAlerts()

/** A test of promtool: at an instant the samples of the series that Prometheus itself keeps of alarms that fire. */
const testOf = ({ series, at }: Firing, fires: readonly string[]): object => ({
  interval: '1m',
  input_series: Object.entries({ ...WELL, ...series }).map(([name, values]) => ({ series: name, values })),
  promql_expr_test: [
    {
      expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: at,
      exp_samples: fires.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
    },
  ],
})

const testRules = async (tests: readonly object[]): Promise<string> => {
  const file = join(await temporaryFolder(), 'test.yml')
  await writeFile(file, stringify({ rule_files: [ALERTS_FILE], evaluation_interval: '1m', tests }))
  const { stdout } = await run(promtool, ['test', 'rules', file]).catch(
    (error: { stdout: string; stderr: string }) => ({
      stdout: `${error.stdout}${error.stderr}`,
    }),
  )
  return stdout
}

test('promtool accepts the rules and the configuration', async () => {
  const config = fileURLToPath(new URL('../prometheus/prometheus.yml', import.meta.url))
  const checked = await Promise.all([
    run(promtool, ['check', 'rules', ALERTS_FILE]),
    run(promtool, ['check', 'config', '--syntax-only', config]),
  ])
  expect(checked.map(({ stdout }) => stdout)).toEqual([
    expect.stringContaining(`SUCCESS: ${alerts.length} rules found`),
    expect.stringContaining('SUCCESS'),
  ])
})

test('no alarm fires while all is well', async () => {
  const tests = ['1m', '60m', '240m', '470m'].map((at) => testOf({ series: {}, at }, []))
  expect(await testRules(tests)).toContain('SUCCESS')
})

test('what makes an alarm fire is known of each, and of no other', () => {
  expect(Object.keys(FIRINGS).map((name) => `Fleetlake${name}`)).toEqual(alerts.map(({ alert }) => alert))
})

test.each(Object.entries(FIRINGS))('%s fires, and no other alarm does', async (name, firing) => {
  expect(await testRules([testOf(firing, [`Fleetlake${name}`])])).toContain('SUCCESS')
})

test('each alarm for which one event is enough is tried with an event before the first scrape, and with one of long ago', () => {
  const forOne = alerts.filter(({ expr }) => /^(sum by \(\w+\) \()?increase\([^)]*\)+ > 0(?! and)/.test(expr))
  for (const tried of [SUDDEN, MISSED, RETURNED])
    expect(Object.keys(tried).map((name) => `Fleetlake${name}`)).toEqual(forOne.map(({ alert }) => alert))
})

test.each(Object.entries(SUDDEN))(
  '%s fires, and no other alarm does, for a counter that begins above 0',
  async (name, firing) => {
    expect(await testRules([testOf(firing, [`Fleetlake${name}`])])).toContain('SUCCESS')
  },
)

test.each(Object.entries(MISSED))(
  '%s fires for a counter that has grown while Prometheus was away, and for no longer than for another',
  async (name, series) => {
    const tests = [testOf({ series, at: '93m' }, [`Fleetlake${name}`]), testOf({ series, at: '120m' }, [])]
    expect(await testRules(tests)).toContain('SUCCESS')
  },
)

test.each(Object.entries(RETURNED))(
  '%s does not fire for a counter that stands above 0 when Prometheus comes back',
  async (_, series) => {
    const tests = ['91m', '92m', '95m', '104m', '120m'].map((at) => testOf({ series, at }, []))
    expect(await testRules(tests)).toContain('SUCCESS')
  },
)
