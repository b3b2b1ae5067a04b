import { expect, test } from 'vitest'
import { transferablesOf } from './transferables.ts'

test('each buffer of plain data is found once, wherever it is, and texts are left alone', () => {
  const shared = new ArrayBuffer(16)
  const data = {
    reports: { longitude: new Float64Array(2), ids: ['a', 'b'], none: undefined, nothing: null },
    halves: [new Uint8Array(shared, 0, 8), new Uint8Array(shared, 8)],
    deep: [{ type: new Uint16Array([1]) }],
    empty: new Float32Array(0),
    threads: new Uint8Array(new SharedArrayBuffer(8)),
    count: 3,
  }
  const buffers = transferablesOf(data)
  expect(buffers).toEqual([data.reports.longitude.buffer, shared, data.deep[0].type.buffer])
  const copy = structuredClone({ ...data, threads: null }, { transfer: buffers })
  expect(copy).toEqual({ ...data, ...copy, threads: null })
  expect([data.reports.longitude.length, copy.reports.longitude.length]).toEqual([0, 2])
})
