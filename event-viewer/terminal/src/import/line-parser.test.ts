import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRows, type RowsOptions } from './line-parser.ts'
import { readLines } from './read-lines.ts'

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const rowsOf = async (text: string, options: Partial<RowsOptions> = {}, size = 1000): Promise<unknown[]> => {
  const lines = readLines(chunksOf(encode(text), size))
  const rows: unknown[] = []
  for await (const some of readRows(lines, { asked: {}, constant: [], hasHeader: true, ...options })) {
    for (const { line, values, fault: bad } of some) rows.push([line, values ?? bad?.reason])
  }
  return rows
}

test('lines are the same whatever the size of the chunks', async () => {
  const texts = fc.array(
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((line) => line.replaceAll(/[\r\n\uFEFF]/g, '')),
    { minLength: 1, maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 30 }),
      async (lines, end, size) => {
        const read: [number, string][] = []
        for await (const { first, lines: some } of readLines(chunksOf(encode(lines.join(end)), size))) {
          some.forEach((line, i) => read.push([first + i, line]))
        }
        const expected = lines.map((line, i): [number, string] => [i + 1, line])
        // A text that ends with a line break ends no further, empty line.
        if (expected.at(-1)![1] === '') expected.pop()
        expect(read).toEqual(expected)
      },
    ),
  )
})

test('a row has its values in the order of the columns, and the number of its line', async () => {
  const csv = '\uFEFFlat;lon;time;id;extra\r\n1;2;t1;a;x\r\n\r\n3;4;t2;"b;c";"say ""hi"""\r\n'
  expect(await rowsOf(csv, {}, 3)).toEqual([
    [2, ['a', undefined, 't1', '2', '1', undefined, undefined]],
    [4, ['b;c', undefined, 't2', '4', '3', undefined, undefined]],
  ])
})

test('without a header columns are numbers', async () => {
  const asked = { vehicle_id: '1', event_time: '2', longitude: '3', latitude: '4' }
  expect(await rowsOf('1,2008-02-02 15:36:08,116.51172,39.92123\n', { asked, hasHeader: false })).toEqual([
    [1, ['1', undefined, '2008-02-02 15:36:08', '116.51172', '39.92123', undefined, undefined]],
  ])
})

test('a line that is not a row costs only itself', async () => {
  const csv = 'id,time,lon,lat\na,t,1,2\n"open,t,1,2\nb,t,1,2\nc,t,1\nd,t,1,2,3\ne,t,1,2,\nf"x,t,1,2\n'
  expect(await rowsOf(csv)).toEqual([
    [2, ['a', undefined, 't', '1', '2', undefined, undefined]],
    [3, 'not-csv'],
    [4, ['b', undefined, 't', '1', '2', undefined, undefined]],
    [5, 'wrong-number-of-columns'],
    [6, 'wrong-number-of-columns'],
    [7, ['e', undefined, 't', '1', '2', undefined, undefined]],
    [8, 'not-csv'],
  ])
})

test('two lines of one quoted text are two bad rows and never one wrong one', async () => {
  expect(await rowsOf('id,time,lon,lat\n"a\nb",t,1,2\nc,t,1,2\n')).toEqual([
    [2, 'not-csv'],
    [3, 'not-csv'],
    [4, ['c', undefined, 't', '1', '2', undefined, undefined]],
  ])
})

test('a first line with a brace is NDJSON', async () => {
  const ndjson = '{"id":7,"ts":1538352000,"x":1.5,"y":2,"speed":null}\nnoise\n[1]\n{"id":"b"}\n'
  expect(await rowsOf(ndjson)).toEqual([
    [1, [7, undefined, 1538352000, 1.5, 2, null, undefined]],
    [2, 'not-json'],
    [3, 'not-json'],
    [4, ['b', undefined, undefined, undefined, undefined, undefined, undefined]],
  ])
})

test('a number of NDJSON that a double does not hold is the text of its digits', async () => {
  const ndjson = '{"id":1152921504606846977,"time":1,"lon":1,"lat":2,"n":9007199254740993}\n'
  expect(await rowsOf(ndjson, { asked: { counter: 'n' } })).toEqual([
    [1, ['1152921504606846977', undefined, 1, 1, 2, undefined, undefined, '9007199254740993']],
  ])
})

test('a line without an end is not read into memory', async () => {
  const csv = `id,time,lon,lat\na,t,1,2\n${'x'.repeat(3_000_000)}\nb,t,1,2\n`
  expect(await rowsOf(csv, {}, 65_536)).toEqual([
    [2, ['a', undefined, 't', '1', '2', undefined, undefined]],
    [3, 'line-too-long'],
    [4, ['b', undefined, 't', '1', '2', undefined, undefined]],
  ])
})

test.each([
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x69, 0)],
  ['compressed', Uint8Array.of(0x1f, 0x8b, 8, 0)],
  ['a zip archive', Uint8Array.of(0x50, 0x4b, 3, 4)],
])('%s is refused with what to do', async (name, bytes) => {
  const read = async (): Promise<void> => {
    for await (const lines of readLines(chunksOf(bytes, 4))) expect(lines).toBe('nothing')
  }
  await expect(read()).rejects.toThrow(fault('import.invalid', new RegExp(`^the input is ${name}`)))
})

test('measures come after the columns, and columns that nothing is read from are told', async () => {
  const leftOut: ReadonlySet<string>[] = []
  const onLeftOut = (names: ReadonlySet<string>): void => void leftOut.push(names)
  const asked = { temperature: 'temp' }
  expect(await rowsOf('id,time,lon,lat,temp,extra\na,t1,1,2,4.5,x\n', { asked, onLeftOut })).toEqual([
    [2, ['a', undefined, 't1', '1', '2', undefined, undefined, '4.5']],
  ])
  const ndjson = ['{"id":"a","time":1,"lon":1,"lat":2,"a":1}', '{"id":"a","time":2,"lon":1,"lat":2,"temp":4.5,"b":1}']
  expect(await rowsOf(ndjson.join('\n'), { asked, onLeftOut })).toEqual([
    [1, ['a', undefined, 1, 1, 2, undefined, undefined, undefined]],
    [2, ['a', undefined, 2, 1, 2, undefined, undefined, 4.5]],
  ])
  expect(leftOut.map((names) => [...names])).toEqual([['extra'], ['a', 'b']])
})
