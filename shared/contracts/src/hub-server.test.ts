import { expect, test } from 'vitest'
import {
  describeOldServer,
  describeServerFaults,
  isMendedServer,
  MINIMUM_SERVER,
  readVersionNumbers,
  syncIntervalOf,
} from './hub-server.ts'

test('a server is new enough from 2.12.5 on', () => {
  const mended = ['2.12.5', '2.12.10', '2.13.0', '2.15.1', '3.0.0', MINIMUM_SERVER]
  const old = ['1.9.9', '2.9.10', '2.10.27', '2.11.0', '2.11.13', '2.11.14', '2.12.0', '2.12.4', '']
  expect(mended.filter((version) => !isMendedServer(readVersionNumbers(version)))).toEqual([])
  expect(old.filter((version) => isMendedServer(readVersionNumbers(version)))).toEqual([])
})

test('the version is read as numbers, whatever stands around them', () => {
  expect(readVersionNumbers('nats-server: v2.12.3-RC.1\n')).toEqual([2, 12, 3])
  expect(readVersionNumbers('no version')).toEqual([])
})

test('an old server is named with its faults and with what to have', () => {
  expect(describeServerFaults([2, 15, 1])).toBe(undefined)
  expect(describeServerFaults([2, 9, 10])).toBe(
    'nats-server 2.9.10 is old: one websocket frame ends it before any login (CVE-2026-27889), and after a full disk its ' +
      'JetStream answers nothing until it is restarted. Have 2.12.5 or newer',
  )
  expect(describeServerFaults([])).toContain('nats-server of an unknown version is old')
  for (const version of [[2, 9, 10], [2, 11, 13], [2, 12, 4], [2, 15, 1], []])
    expect(describeOldServer(version)).toBe(describeServerFaults(version))
})

test('of the line before, a server without known faults is only told to be old', () => {
  for (const version of [
    [2, 11, 14],
    [2, 11, 20],
  ]) {
    expect(describeServerFaults(version)).toBe(undefined)
    expect(describeOldServer(version)).toBe(
      `nats-server ${version.join('.')} is old: it has no known faults, and Fleetlake is not tried with it. Have 2.12.5 or newer`,
    )
  }
})

test('how a server syncs is read from its monitoring', () => {
  expect(syncIntervalOf({ config: { sync_interval: 120_000_000_000, sync_always: true } })).toBe('always')
  expect(syncIntervalOf({ config: { sync_interval: 10_000_000_000 } })).toBe(10_000)
  expect(syncIntervalOf({ config: {} })).toBe(undefined)
  expect(syncIntervalOf('404')).toBe(undefined)
})
