import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { refusedLine, type RefusedRow } from '../importer.ts'
import { type KeptRefusals, openKeptRefusals } from './kept-refusals.ts'

const row = (place: number): RefusedRow => ({
  file: 'a.csv',
  counts: 'line',
  place,
  reason: 'off-the-globe',
  detail: 'longitude 1, latitude 200',
  text: 'b,"1\n2\u2028\r",200',
})
const rows = (from: number, to: number): RefusedRow[] => Array.from({ length: to - from }, (_, i) => row(from + i))

const earlierOf = async (refusals: KeptRefusals): Promise<RefusedRow[]> => {
  const earlier: RefusedRow[] = []
  for await (const each of refusals.earlier()) earlier.push(each)
  return earlier
}

test('an import that goes on has what its record speaks of, and not what was refused behind it', async () => {
  const path = join(await temporaryFolder(), 'records', 'job.refused')
  const first = await openKeptRefusals(path)
  for (const each of rows(1, 4)) first.add(each)
  const kept = first.extent()
  for (const each of rows(4, 6)) first.add(each)
  await first.flush()
  await first.close(false)
  await appendFile(path, '{"file":')

  const second = await openKeptRefusals(path, { before: { refused: 3, kept } })
  expect(await earlierOf(second)).toEqual(rows(1, 4))
  for (const each of rows(4, 8)) second.add(each)
  await second.flush()
  expect(await readFile(path, 'utf8')).toBe(rows(1, 8).map(refusedLine).join(''))
  await second.close(true)
  await expect(readFile(path)).rejects.toThrow('ENOENT')
})

test('they are bounded: the first ones are kept, whole, also by a run that goes on', async () => {
  const path = join(await temporaryFolder(), 'job.refused')
  const mostBytes = 2.5 * refusedLine(row(1)).length
  const first = await openKeptRefusals(path, { mostBytes })
  for (const each of rows(1, 6)) first.add(each)
  await first.flush()
  expect(first.extent().rows).toBe(2)
  await first.close(false)
  const second = await openKeptRefusals(path, { mostBytes: 1e6, before: { refused: 5, kept: first.extent() } })
  second.add(row(6))
  await second.flush()
  expect([await earlierOf(second), second.extent()]).toEqual([rows(1, 3), first.extent()])
})

test('a file that is gone has none of them', async () => {
  const path = join(await temporaryFolder(), 'job.refused')
  const first = await openKeptRefusals(path)
  first.add(row(1))
  await first.flush()
  await first.close(false)
  await rm(path)
  const second = await openKeptRefusals(path, { before: { refused: 1, kept: first.extent() } })
  expect([await earlierOf(second), second.extent()]).toEqual([[], { rows: 0, bytes: 0 }])
})

test('a file that is damaged has those before the damage', async () => {
  const path = join(await temporaryFolder(), 'job.refused')
  await writeFile(path, `${refusedLine(row(1))}{"file":\n${refusedLine(row(3))}`)
  const { size } = await stat(path)
  const second = await openKeptRefusals(path, { before: { refused: 3, kept: { rows: 3, bytes: size } } })
  expect(await earlierOf(second)).toEqual([row(1)])
})
