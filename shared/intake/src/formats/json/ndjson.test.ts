import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf, readAll } from '../../testing/read-all.ts'
import { ndjson } from './ndjson.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

conformsToFormat(ndjson, [
  {
    title: 'keys that differ, blank lines, what is not an object',
    bytes: bytesOf(
      '{"id":"a","t":1,"lat":1.5,"lon":2}\n\n  \r\n{"id":"b","lat":-0.25,"extra":null,"n":[1,{"x":2}]}\r\nnot json\n[1]\n7\n{"t":"x","id":5,"ok":true,"pos":{"lat":1,"deep":{"er":"é"}},"none":{}}',
    ),
    rows: [
      { id: 'a', t: 1, lat: 1.5, lon: 2 },
      { id: 'b', lat: -0.25, n: [1, { x: 2 }] },
      { id: 5, t: 'x', ok: true, 'pos.lat': 1, 'pos.deep.er': 'é', none: {} },
    ],
    faults: [
      [5, 'not-json'],
      [6, 'not-json'],
      [7, 'not-json'],
    ],
  },
  {
    title: 'a byte order mark, ids beyond 2^53, NaN',
    bytes: bytesOf(
      '\uFEFF{"id":9007199254740993,"speed":NaN,"note":"NaN, 1"}\n{"id":9007199254740994,"speed":-Infinity}\n{"id":9007199254740992.5,"speed":1e-3,"x":1e400}\n',
    ),
    rows: [
      { id: '9007199254740993', note: 'NaN, 1' },
      { id: '9007199254740994' },
      { id: '9007199254740992.5', speed: 0.001, x: '1e400' },
    ],
  },
])

test('names are the union of the keys of a block', async () => {
  const blocks = []
  const input = inputOf(bytesOf('{"a":1}\n{"b":null,"a":2}\n'))
  const signal = new AbortController().signal
  for await (const block of ndjson.read(input, { from: { at: 0, place: 1 }, blockBytes: 1024, signal }))
    blocks.push(block)
  expect(blocks.map(({ names, fields }) => [names, fields.map(({ kind }) => kind)])).toEqual([
    [
      ['a', 'b'],
      ['number', 'number'],
    ],
  ])
})

test('a line that is too long costs itself', async () => {
  const text = `{"a":1}\n{"a":"${'x'.repeat(1024 * 1024)}"}\n{"a":2}\n`
  const { rows, places, faults } = await readAll(ndjson, inputOf(bytesOf(text)), { blockBytes: 64 * 1024 })
  expect([rows, places]).toEqual([
    [{ a: 1 }, { a: 2 }],
    [1, 3],
  ])
  expect(faults).toEqual([
    { place: 2, reason: 'line-too-long', detail: 'more than 1048576 bytes', text: `{"a":"${'x'.repeat(4090)}` },
  ])
})

test('lines with a great many names are cut into more blocks, and reading goes on at each', async () => {
  const bytes = bytesOf(
    Array.from({ length: 60 }, (_, i) => {
      const own = Object.fromEntries(Array.from({ length: 500 }, (__, k) => [`é${i}-${k}`, k]))
      return `${JSON.stringify(own)}\n`
    }).join(''),
  )
  const whole = await readAll(ndjson, inputOf(bytes))
  expect([whole.rows.length, whole.cursors.length > 2]).toEqual([60, true])
  for (const from of whole.cursors) {
    const { places } = await readAll(ndjson, inputOf(bytes), { from })
    expect(places).toEqual(whole.places.filter((place) => place >= from.place))
  }
})
