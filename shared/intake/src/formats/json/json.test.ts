import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { conformsToFormat } from '../../testing/format-conformance.ts'
import { inputOf, readAll, rowsOfBlock } from '../../testing/read-all.ts'
import { START } from '../block.ts'
import { json } from './json.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

conformsToFormat(json, [
  {
    title: 'a list with nested objects and what is no object',
    bytes: bytesOf(
      '\uFEFF[ {"id":"a","pos":{"lat":1.5,"lon":2},"tags":["x]","y"]},\n {"id":"b \\" {[","pos":{"lat":null}}, 7, [1,{"a":2}], "t",null,{"id":NaN,"n":3},\n{"broken":tru},{"id":12345678901234567890}]\n',
    ),
    rows: [
      { id: 'a', 'pos.lat': 1.5, 'pos.lon': 2, tags: ['x]', 'y'] },
      { id: 'b " {[' },
      { n: 3 },
      { id: '12345678901234567890' },
    ],
    faults: [
      [3, 'not-an-object'],
      [4, 'not-an-object'],
      [5, 'not-an-object'],
      [6, 'not-an-object'],
      [8, 'not-json'],
    ],
  },
  {
    title: 'the list that looks like positions, between others',
    bytes: bytesOf(
      '{"meta":{"counts":[1,2],"devices":[{"id":1,"name":"x"}]},"data":{"positions":[{"lat":1,"lng":2,"time":"t1"},{"lat":3,"lng":4,"time":"t2"}]},"more":[{"name":"y"}],"end":"]}"}',
    ),
    rows: [
      { lat: 1, lng: 2, time: 't1' },
      { lat: 3, lng: 4, time: 't2' },
    ],
  },
  {
    title: 'the list at a path',
    options: { path: 'a.b' },
    bytes: bytesOf('{"a":{"x":[{"lat":1}],"b":[{"v":1},{"v":2}]},"b":[{"v":3}]}'),
    rows: [{ v: 1 }, { v: 2 }],
  },
  {
    title: 'objects after each other over several lines',
    bytes: bytesOf('{\n "a": 1\n}\n{\n "a": 2,\n "b": {"c": []}\n}\n'),
    rows: [{ a: 1 }, { a: 2, 'b.c': [] }],
  },
])

const read = (text: string, options = {}): ReturnType<typeof readAll> => readAll(json, inputOf(bytesOf(text)), options)

test('where rows may be in several lists the lists are named', async () => {
  const text = '{"a":[{"lat":1,"lon":2,"ts":3}],"b":{"c":[{"y":1,"x":2,"date":"d"}]},"d":[{"e":1}]}'
  await expect(read(text)).rejects.toEqual(
    fault('import.invalid', 'rows may be in a, b.c: say where they are with --path a'),
  )
})

test('a path without rows is told', async () => {
  await expect(read('{"a":[]}', { path: 'b' })).rejects.toEqual(fault('import.invalid', '--path b: there are no rows'))
})

test('what ends the reading comes after the rows before it, and says where it is', async () => {
  const blocks: unknown[] = []
  const reading = async (): Promise<void> => {
    const options = { from: START, blockBytes: 1024, signal: new AbortController().signal }
    for await (const block of json.read(inputOf(bytesOf('[{"a":1},{"a":2} {"a":3}]')), options))
      blocks.push(rowsOfBlock(block))
  }
  await expect(reading()).rejects.toEqual(
    fault('import.invalid', 'at record 3: byte 18 should be "," or the end of the list or object'),
  )
  expect(blocks).toEqual([[{ a: 1 }, { a: 2 }]])
})
