import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createUploads, type Upload } from './uploads.ts'

interface SentFile {
  readonly importId: string
  readonly name: string
  readonly size: number
}

interface Sending {
  readonly name: string
  readonly signal: AbortSignal
  readonly onSent: (bytes: number) => void
  end(error?: Error): Promise<void>
}

/** Files whose sending the test ends, as a server would. */
const openUploads = () => {
  const begun: Sending[] = []
  let list: readonly Upload[] = []
  const uploads = createUploads<SentFile>({
    send: ({ name }, { onSent, signal }) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => reject(signal.reason as Error))
      const end = async (error?: Error): Promise<void> => {
        if (error === undefined) resolve()
        else reject(error)
        await setImmediate()
      }
      begun.push({ name, signal, onSent, end })
      return promise
    },
    onChange: (told) => (list = told),
  })
  return { uploads, begun, list: () => list.map(({ name, state, sent }) => `${name} ${state} ${sent}`) }
}

const files = (...names: string[]): SentFile[] => filesOf('i', ...names)
const filesOf = (importId: string, ...names: string[]): SentFile[] =>
  names.map((name) => ({ importId, name, size: 10 }))

test('two files are sent at once, the next as soon as one has arrived', async () => {
  const { uploads, begun, list } = openUploads()
  uploads.add(files('a', 'b', 'c'))
  begun[0].onSent(4)
  expect(list()).toEqual(['a sending 4', 'b sending 0', 'c waiting 0'])
  await begun[1].end()
  expect(list()).toEqual(['a sending 4', 'c sending 0'])
  uploads.add(files('d'))
  await begun[0].end()
  await begun[2].end()
  await begun[3].end()
  expect([list(), begun.map(({ name }) => name)]).toEqual([[], ['a', 'b', 'c', 'd']])
})

test('one that fails says why, makes room for the next, and can be sent again', async () => {
  const { uploads, begun, list } = openUploads()
  uploads.add(files('a', 'b', 'c'))
  begun[0].onSent(9)
  await begun[0].end(new Error('a is there already'))
  expect(list()).toEqual(['a failed 9', 'b sending 0', 'c sending 0'])
  uploads.retry(0)
  expect(list()).toEqual(['a waiting 0', 'b sending 0', 'c sending 0'])
  await begun[1].end()
  expect(list()).toEqual(['a sending 0', 'c sending 0'])
})

test('one that is dropped is given up, and the next is sent', async () => {
  const { uploads, begun, list } = openUploads()
  uploads.add(files('a', 'b', 'c', 'd'))
  uploads.drop(3)
  uploads.drop(0)
  await setImmediate()
  expect([list(), begun.map(({ name, signal }) => [name, signal.aborted])]).toEqual([
    ['b sending 0', 'c sending 0'],
    [
      ['a', true],
      ['b', false],
      ['c', false],
    ],
  ])
})

test('an import that is discarded takes its files with it, and no others', async () => {
  const { uploads, begun, list } = openUploads()
  uploads.add(files('a', 'b', 'c'))
  uploads.add(filesOf('other', 'd'))
  uploads.dropAll('i')
  await setImmediate()
  expect([list(), begun.map(({ name, signal }) => [name, signal.aborted])]).toEqual([
    ['d sending 0'],
    [
      ['a', true],
      ['b', true],
      ['d', false],
    ],
  ])
})
