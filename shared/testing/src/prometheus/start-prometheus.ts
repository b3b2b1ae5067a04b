import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@fleetlake/core'
import { eventually } from '../eventually.ts'
import { findFreePort, startChildServer } from '../stores/child-server.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { providePrometheus } from './provide-prometheus.ts'

/** One line of an answer: its labels, and its values by time, seconds since the epoch. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [time: number, value: number])[]
}

export interface PrometheusServer {
  readonly url: string
  /** The values now. @throws FleetError `service.failed` for a query that it does not understand */
  query(expr: string): Promise<readonly Series[]>
  /** Times in seconds since the epoch. */
  queryRange(expr: string, range: { from: number; to: number; step: number }): Promise<readonly Series[]>
  stop(): Promise<void>
}

interface Answer {
  readonly status: 'success' | 'error'
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly value?: readonly [number, string]
      readonly values?: readonly (readonly [number, string])[]
    }[]
  }
}

/** A Prometheus on a free port of the loopback, with this configuration; what it keeps goes with the test run. */
export const startPrometheus = async (config: string): Promise<PrometheusServer> => {
  const { server: program } = await providePrometheus()
  const folder = await temporaryFolder()
  const port = await findFreePort()
  const [configFile, logFile] = [join(folder, 'prometheus.yml'), join(folder, 'log')]
  await writeFile(configFile, config)
  const args = [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]
  const child = await startChildServer({ program, args, env: process.env, logFile })
  const url = `http://127.0.0.1:${port}`
  await eventually(async () => {
    if (child.hasEnded()) throw new FleetError('service.failed', await readFile(logFile, 'utf8'))
    return (await fetch(`${url}/-/ready`)).ok
  })
  const ask = async (path: string, parameters: Record<string, string>): Promise<readonly Series[]> => {
    const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) })
    const { status, error, data } = (await response.json()) as Answer
    if (status === 'error') throw new FleetError('service.failed', `${parameters.query}: ${error}`)
    return data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
      metric,
      values: values.map(([time, text]) => [time, Number(text)]),
    }))
  }
  return {
    url,
    query: (query) => ask('query', { query }),
    queryRange: (query, { from, to, step }) =>
      ask('query_range', { query, start: String(from), end: String(to), step: String(step) }),
    stop: child.stop,
  }
}
