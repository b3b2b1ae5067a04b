import { DEAD_LETTERS, SEARCHES } from '@fleetlake/contracts'
import { sleep } from '@fleetlake/core'
import { type Hub, infoOfStream } from '@fleetlake/hub'
import type { OpsContext } from '@fleetlake/service'
import { createLagLook, type LagDeps, type PartitionStand, type StreamFill } from './lag-of.ts'

export interface ToldCollector extends LagDeps {
  readonly hub: Hub
  readonly bytes: () => number
  readonly limitBytes: number
  readonly stands: () => readonly PartitionStand[]
  /** Whether it tells of the streams that belong to no partition: one collector does. */
  readonly tellsOthers: () => boolean
}

/** A hub that is away answers later; a scrape does not wait for that. */
const PATIENCE_MS = 2_000

/** Says, when it is asked, how full a collector and its streams are and how far it is behind. What it does not know it does not say: a partition that went to another collector is that one's. */
export const tellCollector = (
  { hub, bytes, limitBytes, stands, tellsOthers, ...deps }: ToldCollector,
  { metrics }: Pick<OpsContext, 'metrics'>,
): void => {
  const look = createLagLook(hub, deps)
  metrics.onScrape(() => {
    metrics.set('fleetlake_buffer_bytes', bytes())
    metrics.set('fleetlake_buffer_limit_bytes', limitBytes)
  })
  const others = async (): Promise<StreamFill[]> => {
    if (!tellsOthers()) return []
    const infos = await Promise.all([DEAD_LETTERS, SEARCHES].map((name) => infoOfStream(hub, name)))
    return infos.flatMap((info) =>
      info === undefined ? [] : [{ stream: info.settings.name, bytes: info.bytes, limitBytes: info.settings.maxBytes }],
    )
  }
  const tell = async (): Promise<void> => {
    const [{ lags, fills }, more] = await Promise.all([look(stands()), others()])
    metrics.replace(
      'fleetlake_lag_rows',
      lags.map(({ partition, rows }) => [rows, { partition: String(partition) }]),
    )
    metrics.replace(
      'fleetlake_lag_seconds',
      lags.map(({ partition, seconds }) => [seconds, { partition: String(partition) }]),
    )
    const all = [...fills, ...more]
    metrics.replace(
      'fleetlake_stream_bytes',
      all.map(({ stream, bytes: held }) => [held, { stream }]),
    )
    metrics.replace(
      'fleetlake_stream_limit_bytes',
      all.flatMap(({ stream, limitBytes: limit }) => (limit === undefined ? [] : [[limit, { stream }] as const])),
    )
  }
  const forget = (): void => {
    metrics.replace('fleetlake_lag_rows', [])
    metrics.replace('fleetlake_lag_seconds', [])
    metrics.replace('fleetlake_stream_bytes', [])
    metrics.replace('fleetlake_stream_limit_bytes', [])
  }
  let telling: Promise<boolean> | undefined
  metrics.onScrape(async () => {
    telling ??= tell()
      .then(
        () => true,
        () => false,
      )
      .finally(() => (telling = undefined))
    const patience = new AbortController()
    const isTold = await Promise.race([telling, sleep(PATIENCE_MS, patience.signal)])
    patience.abort()
    if (isTold !== true) forget()
  })
}
