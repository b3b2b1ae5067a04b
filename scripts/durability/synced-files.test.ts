import { expect, test } from 'vitest'
import { createSyncedFiles } from './synced-files.ts'

const hex = (text: string): string =>
  `"${[...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`
const opened = (path: string, fd: number, flags = 'O_RDWR|O_CREAT'): string =>
  `7 openat(AT_FDCWD, ${hex(path)}, ${flags}, 0640) = ${fd}`
const wrote = (fd: number, text: string): string => `7 write(${fd}, ${hex(text)}, ${text.length}) = ${text.length}`
const wroteAt = (fd: number, text: string, at: number): string =>
  `7 pwrite64(${fd}, ${hex(text)}, ${text.length}, ${at}) = ${text.length}`

const after = (lines: readonly string[], before?: ReadonlyMap<string, Uint8Array>): Record<string, string> => {
  const files = createSyncedFiles('/d', before)
  for (const line of lines) files.take(line)
  return Object.fromEntries([...files.files()].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))
}

test('what was written after the last sync is gone; a file that was never synced is empty; one without a sync after it has no name', () => {
  const lines = [
    opened('/d/a', 3),
    opened('/d/b', 4),
    wrote(3, 'one '),
    wrote(4, 'b'),
    '7 fsync(3) = 0',
    wrote(3, 'two'),
    opened('/d/c', 5),
    wrote(5, 'c'),
  ]
  expect(after(lines)).toEqual({ '/d/a': 'one ', '/d/b': '' })
  const files = createSyncedFiles('/d')
  for (const line of lines) files.take(line)
  expect(files.lostBytes()).toBe('b'.length + 'two'.length + 'c'.length)
})

test('a sync keeps what was written when it began, and only if it succeeds', () => {
  expect(
    after([
      opened('/d/a', 3),
      wrote(3, 'before'),
      '8 fsync(3 <unfinished ...>',
      wrote(3, ' while'),
      '8 <... fsync resumed>) = 0',
    ]),
  ).toEqual({ '/d/a': 'before' })
  expect(after([opened('/d/a', 3), wrote(3, 'x'), '7 fsync(3) = -1 EIO (Input/output error)'])).toEqual({})
})

test('a write that is told in two parts counts once it is done', () => {
  expect(
    after([
      opened('/d/a', 3),
      `8 write(3, ${hex('late')}, 4 <unfinished ...>`,
      wroteAt(3, 'X', 6),
      '8 <... write resumed>) = 4',
      '7 fdatasync(3) = 0',
    ]),
  ).toEqual({ '/d/a': 'late\0\0X' })
})

test('writes of a file that is opened for synced writing need no sync; appended ones go to its end', () => {
  expect(after([opened('/d/a', 3, 'O_WRONLY|O_CREAT|O_SYNC'), wrote(3, 'safe')])).toEqual({ '/d/a': 'safe' })
  const before = new Map([['/d/a', Buffer.from('old ')]])
  expect(after([opened('/d/a', 3, 'O_WRONLY|O_APPEND'), wrote(3, 'new'), '7 fsync(3) = 0'], before)).toEqual({
    '/d/a': 'old new',
  })
})

test('renaming, removing and cutting are undone unless something is synced after them', () => {
  const before = new Map([
    ['/d/a', Buffer.from('a-old')],
    ['/d/sub/x', Buffer.from('x')],
  ])
  const lines = [
    `7 renameat(AT_FDCWD, ${hex('/d/sub')}, AT_FDCWD, ${hex('/d/gone')}) = 0`,
    `7 unlinkat(AT_FDCWD, ${hex('/d/a')}, 0) = 0`,
  ]
  expect(after(lines, before)).toEqual({ '/d/a': 'a-old', '/d/sub/x': 'x' })
  expect(after([...lines, opened('/d/b', 3), '7 fsync(3) = 0'], before)).toEqual({ '/d/gone/x': 'x', '/d/b': '' })
  expect(after([opened('/d/a', 3, 'O_RDWR'), '7 ftruncate(3, 1) = 0'], before)).toMatchObject({ '/d/a': 'a-old' })
  expect(after([opened('/d/a', 3, 'O_RDWR'), '7 ftruncate(3, 1) = 0', '7 fsync(3) = 0'], before)).toMatchObject({
    '/d/a': 'a',
  })
})

test('files elsewhere, and sockets that get the number of a closed file, are not looked at', () => {
  expect(after([opened('/e/a', 3), wrote(3, 'x'), '7 fsync(3) = 0'])).toEqual({})
  expect(
    after([opened('/d/a', 3), wrote(3, 'x'), '7 fsync(3) = 0', '7 close(3) = 0', wrote(3, 'of a socket')]),
  ).toEqual({
    '/d/a': 'x',
  })
})
