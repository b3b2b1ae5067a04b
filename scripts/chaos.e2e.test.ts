import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { SCENARIOS } from './chaos/scenarios.ts'

const run = promisify(execFile)

test('whatever dies, freezes, fills up or goes away: each stored row is in the table once, and all goes on by itself', async () => {
  const rounds = String(SCENARIOS.length)
  const { stdout } = await run(process.execPath, ['scripts/chaos.ts', '--rounds', rounds, '--seed', '7', '--json'], {
    maxBuffer: 2 ** 26,
  })
  const summary = JSON.parse(stdout.trim().split('\n').at(-1)!)
  expect(summary).toMatchObject({ rounds: SCENARIOS.length, lost: 0, doubled: 0, failures: [] })
  expect(summary.kills).toBeGreaterThan(5)
  expect(summary.compactions).toBeGreaterThan(10)
  expect(summary.rows).toBeGreaterThan(SCENARIOS.length * 20_000)
}, 3_600_000)
