import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fault } from '@fleetlake/core/testing'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { listFiles } from './list-files.ts'

const { signal } = new AbortController()

const folderWith = async (...names: readonly string[]): Promise<string> => {
  const folder = await temporaryFolder()
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), name)
  }
  return folder
}

const listed = async (folder: string, ...names: readonly string[]): Promise<string[]> =>
  (
    await listFiles(
      names.map((name) => join(folder, name)),
      signal,
    )
  ).map(({ path }) => path.slice(folder.length + 1))

const MANY = ['b.csv', 'a.csv', '.hidden.csv', 'sub/c.csv', 'sub/.git/d.csv', 'sub/deep/e.CSV', 'Ü ä.csv', 'x[1].csv']

test('a folder is all files below it in the order of their paths, without what is hidden', async () => {
  const folder = await folderWith(...MANY)
  symlinkSync(folder, join(folder, 'sub/circle'))
  symlinkSync(join(folder, 'a.csv'), join(folder, 'sub/link.csv'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'sub/broken.csv'))
  expect(await listed(folder, '.')).toEqual([
    'a.csv',
    'b.csv',
    'sub/c.csv',
    'sub/deep/e.CSV',
    'sub/link.csv',
    'x[1].csv',
    'Ü ä.csv',
  ])
})

test('patterns name files, and files are there once, in the order in which they are named', async () => {
  const folder = await folderWith(...MANY)
  expect(await listed(folder, '*.csv')).toEqual(['a.csv', 'b.csv', 'x[1].csv', 'Ü ä.csv'])
  expect(await listed(folder, '**/*.csv')).toEqual(['a.csv', 'b.csv', 'sub/c.csv', 'x[1].csv', 'Ü ä.csv'])
  expect(await listed(folder, '{b,sub/c}.csv', '?.csv')).toEqual(['b.csv', 'sub/c.csv', 'a.csv'])
  expect(await listed(folder, 'su*')).toEqual(['sub/c.csv', 'sub/deep/e.CSV'])
  // A file with this very name comes first.
  expect(await listed(folder, 'x[1].csv', 'x[[]1].csv')).toEqual(['x[1].csv'])
  expect(await listed(folder, '.hidden.csv')).toEqual(['.hidden.csv'])
})

test('each has its size and its time; standard input has none', async () => {
  const folder = await folderWith('a.csv')
  const [file] = await listFiles([join(folder, 'a.csv')], signal)
  expect(file).toEqual({ path: join(folder, 'a.csv'), size: 5, mtimeMs: expect.any(Number) as number, isRegular: true })
  expect(await listFiles(['-'], signal)).toEqual([{ path: '-', size: undefined, mtimeMs: 0, isRegular: false }])
})

test('a name that no file has is told', async () => {
  const folder = await folderWith('.hidden.csv')
  await expect(listed(folder, 'a.csv')).rejects.toThrow(fault('usage.invalid', `there is no file ${folder}/a.csv`))
  await expect(listed(folder, '*.csv')).rejects.toThrow(fault('usage.invalid', `no file fits to ${folder}/*.csv`))
  await expect(listed(folder, '.')).rejects.toThrow(fault('usage.invalid', `there is no file in the folder ${folder}`))
  await expect(listFiles([''], signal)).rejects.toThrow(fault('usage.invalid', 'the name of a file is empty'))
})
