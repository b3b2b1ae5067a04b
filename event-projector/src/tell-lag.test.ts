import { expect, test } from 'vitest'
import { createMetrics } from '../../shared/service/src/metrics/create-metrics.ts'
import { tellLag } from './tell-lag.ts'

test('each table is behind since it had all of the archive, or since its first step began, and nothing is told before that', async () => {
  let nowMs = 100_000
  const metrics = createMetrics('projector')
  const tell = tellLag(metrics, () => nowMs)
  const told = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      [...(await metrics.text()).matchAll(/^fleetlake_projection_lag_seconds\{projection="(\w+)"\} (.+)$/gm)].map(
        ([, projection, seconds]) => [projection, Number(seconds)],
      ),
    )
  expect(await told()).toEqual({})
  tell('presence', nowMs, false)
  nowMs += 5_000
  expect(await told()).toEqual({ presence: 5 })
  // A step that ends has all that was there when it began; one that fails, or comes only a part of the way, takes nothing back.
  tell('presence', 100_000, true)
  tell('latest', nowMs, false)
  nowMs += 7_000
  tell('presence', nowMs, false)
  tell('latest', nowMs, false)
  expect(await told()).toEqual({ presence: 12, latest: 7 })
  tell('latest', nowMs, true)
  expect(await told()).toEqual({ presence: 12, latest: 0 })
  // A clock that was set back.
  nowMs -= 1_000
  expect(await told()).toEqual({ presence: 11, latest: 0 })
})
