import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { DemoReport } from './demo/run.ts'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const runDemo = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const file = fileURLToPath(new URL('demo.ts', import.meta.url))
    execFile(process.execPath, [file, ...args], { timeout: 500_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr })
    })
  })

/** What must hold whatever happened on the way. */
const right = (events: number): Partial<Record<keyof DemoReport, unknown>> => ({
  generated: events,
  archived: events,
  distinct: events,
  lost: 0,
  duplicated: 0,
  deadLetters: 0,
})

test('the main job: everything generated is archived once, and every search finds what brute force finds', async () => {
  const { code, stdout, stderr } = await runDemo(
    '--events',
    '200001',
    '--vehicles',
    '700',
    '--generators',
    '2',
    '--json',
  )
  expect(code, stderr).toBe(0)
  const report = JSON.parse(stdout) as DemoReport
  expect(report).toMatchObject(right(200_001))
  expect(report.queries.map(({ name, status, differing }) => [name, status, differing])).toEqual([
    ['small', 'complete', 0],
    ['medium', 'complete', 0],
    ['city', 'complete', 0],
  ])
  expect(report.queries[2].hits).toBe(200_001)
  expect(report.queries[0].chunks.pruned).toBeGreaterThan(0)
  const { compacted } = report
  expect(compacted.queries.map(({ name, status, hits, differing }) => [name, status, hits, differing])).toEqual(
    report.queries.map(({ name, hits }) => [name, 'complete', hits, 0]),
  )
  expect(compacted).toMatchObject({ rows: 200_001, duplicates: 0 })
  expect(compacted.files).toBeLessThan(report.files)
  expect(compacted.bytesPerEvent).toBeLessThan(report.bytesPerEvent)
})

test('a collector that is killed in the middle loses nothing and duplicates nothing', async () => {
  const { code, stdout, stderr } = await runDemo('--events', '1000000', '--kill-collector', '600', '--json')
  expect(stderr).toMatch(/killing (collector-\d)[\s\S]*?\1 \| ended by SIGKILL, starting it again/)
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject(right(1_000_000))
})

test.each(['s3', 'azure'])('the main job with the archive on %s', async (store) => {
  const { code, stdout, stderr } = await runDemo('--events', '100000', '--vehicles', '300', '--store', store, '--json')
  expect(code, stderr).toBe(0)
  const report = JSON.parse(stdout) as DemoReport
  expect(report).toMatchObject(right(100_000))
  expect(report.queries.map(({ status, differing }) => [status, differing])).toEqual([
    ['complete', 0],
    ['complete', 0],
    ['complete', 0],
  ])
})

test('a folder that is not empty is refused, and so is an invalid number', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetlake-demo-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const refused = await runDemo('--data-dir', join(folder, '..'))
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('is not empty')
  const wrong = await runDemo('--events', 'many', '--data-dir', folder)
  expect(wrong.stderr).toBe('--events must be a whole number of at least 1, not "many"\n')
  expect(readdirSync(folder)).toEqual([])
})
