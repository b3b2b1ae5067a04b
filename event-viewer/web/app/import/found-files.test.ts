import { expect, test } from 'vitest'
import { MOST_FILES } from '../../api/imports.ts'
import { chosenFiles } from './found-files.ts'

/** As a browser gives a file of a folder that was chosen. */
const fileOf = (path: string): File =>
  Object.assign(new File(['x'], path.split('/').at(-1)!), { webkitRelativePath: path.includes('/') ? path : '' })
const found = (...paths: string[]) => {
  const { files, ...rest } = chosenFiles(paths.map(fileOf))
  return { names: files.map(({ name }) => name), ...rest }
}

test('files are called by their names, those of a folder by their paths in order; what is hidden is passed over', () => {
  expect(found('b.csv', 'a.csv')).toEqual({ names: ['b.csv', 'a.csv'], isFolder: false })
  expect(found('trips/b.csv', 'trips/.DS_Store', 'trips/.git/x', 'trips/a/c.csv')).toEqual({
    names: ['trips/a/c.csv', 'trips/b.csv'],
    isFolder: true,
  })
})

test('a folder without files, or with too many, is refused with a sentence', () => {
  expect(found('trips/.DS_Store')).toEqual({ names: [], isFolder: true, fault: 'There is no file in the folder.' })
  const many = found(...Array.from({ length: MOST_FILES + 1 }, (_, i) => `trips/${i}.csv`))
  expect(many.names).toEqual([])
  expect(many.fault).toMatch(/^There are more than 10,000 files in it: send a part of them/)
})
