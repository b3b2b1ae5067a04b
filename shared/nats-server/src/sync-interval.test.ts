import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { syncSettingFor } from './sync-interval.ts'

test('a server from 2.10 on is told how to sync', () => {
  expect(syncSettingFor([2, 15, 1], 'always')).toEqual({ value: 'always', warning: undefined })
  expect(syncSettingFor([3, 0, 0], 'always')).toEqual({ value: 'always', warning: undefined })
  expect(syncSettingFor([2, 10, 0], 'always')).toEqual({ value: 'always', warning: undefined })
  expect(syncSettingFor([2, 12, 5], 10_000)).toEqual({ value: '10000ms', warning: undefined })
  expect(syncSettingFor([2, 10, 27], 500)).toEqual({ value: '500ms', warning: undefined })
})

test('a server that syncs when it likes is told of', () => {
  expect(syncSettingFor([2, 9, 10], 10_000)).toEqual({
    value: undefined,
    warning:
      'nats-server 2.9.10 syncs its streams every 2 minutes, whatever hub.syncInterval says: if this machine loses its power, so much may be lost',
  })
})

test('`always` is refused where the server would not do it', () => {
  for (const version of [[2, 9, 10], [1, 4, 1], []]) {
    expect(() => syncSettingFor(version, 'always')).toThrow(
      fault('hub.server-old', /have 2\.12\.5 or newer, or give a duration$/),
    )
  }
})
