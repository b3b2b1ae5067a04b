import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { HEAD_BYTES, readHeads } from './read-head.ts'

const COUNT = 60

test.each([
  ['quick', Infinity],
  ['slow', 0],
])(
  'of a %s disk the beginning of each file is given in its turn, and a fault is that of its file',
  async (_, quickMs) => {
    const folder = await temporaryFolder()
    const files = Array.from({ length: COUNT }, (__, i) => {
      const bytes = new Uint8Array(i === 7 ? HEAD_BYTES + 9 : i).fill(i)
      const path = join(folder, `${i}.csv`)
      writeFileSync(path, bytes)
      return { path, size: bytes.length, isRegular: i !== 5 }
    })
    rmSync(files[40].path)
    const headOf = readHeads(files, quickMs)
    const found: unknown[] = []
    for (let i = 0; i < COUNT; i++) {
      // Some are passed over.
      if (i % 10 === 9) continue
      const head = await headOf(i)?.catch((error: NodeJS.ErrnoException) => error.code)
      found.push(head instanceof Uint8Array ? [i, head.length, head.every((byte) => byte === i)] : [i, head])
    }
    const expected = files.map(({ size }, i): unknown[] => {
      if (i === 5) return [5, undefined]
      return i === 40 ? [40, 'ENOENT'] : [i, Math.min(size, HEAD_BYTES), true]
    })
    expect(found).toEqual(expected.filter((_each, i) => i % 10 !== 9))
  },
)
