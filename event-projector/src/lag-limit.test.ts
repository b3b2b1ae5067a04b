import { configSchema } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { lagLimitOf } from './lag-limit.ts'

const limitOf = (settings: object): number => lagLimitOf(configSchema.parse(settings))
const DAY_MS = 86_400_000

test('what waits is followed for less time than files and versions stay', () => {
  expect([
    limitOf({}),
    limitOf({ compactor: { graceMs: '7 h' } }),
    limitOf({ archive: { logRetentionMs: '2 d' } }),
    limitOf({ projector: { maxLagMs: '1 d' } }),
  ]).toEqual([6 * DAY_MS, 6 * 3_600_000, (12 / 7) * DAY_MS, DAY_MS])
})

test('a limit that is too long is refused', () => {
  const refused = fault('config.invalid', /^projector\.maxLagMs must be below compactor\.graceMs/)
  expect(() => limitOf({ projector: { maxLagMs: '7 d' } })).toThrow(refused)
  expect(() => limitOf({ projector: { maxLagMs: '3 d' }, archive: { logRetentionMs: '2 d' } })).toThrow(refused)
})
