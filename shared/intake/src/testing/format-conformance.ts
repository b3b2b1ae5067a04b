import { FleetError } from '@fleetlake/core'
import { expect, test } from 'vitest'
import type { Format, ReadOptions } from '../formats/format.ts'
import { inputOf, readAll, type Row } from './read-all.ts'

export interface Sample {
  readonly title: string
  readonly bytes: Uint8Array
  /** The file's name. */
  readonly name?: string
  readonly options?: Partial<ReadOptions>
  /** All rows, in order, as `readAll` gives them. */
  readonly rows: readonly Row[]
  /** Place and reason of what is no row. */
  readonly faults?: readonly (readonly [place: number, reason: string])[]
}

const rest = (values: readonly unknown[], from: number): unknown[] => values.slice(from)

/** What every format promises, for samples of it. Samples have more than one row, and no more than some thousand bytes. */
export const conformsToFormat = (format: Format, samples: readonly Sample[]): void => {
  for (const { title, bytes, name = 'input', options = {}, rows, faults = [] } of samples) {
    const read = (more: Partial<ReadOptions> = {}, chunkBytes?: number): ReturnType<typeof readAll> =>
      readAll(format, inputOf(bytes, { name, ...(chunkBytes === undefined ? {} : { chunkBytes }) }), {
        ...options,
        ...more,
      })

    test(`${title}: its rows and its faults are read`, async () => {
      const found = await read()
      expect(found.rows).toEqual(rows)
      expect(found.faults.map(({ place, reason }) => [place, reason])).toEqual(faults)
      expect(found.places.length).toBe(rows.length)
      expect(found.places).toEqual(found.places.toSorted((a, b) => a - b))
    })
    test(`${title}: it is recognised`, () => {
      expect(format.sniff(bytes.subarray(0, 64 * 1024), name)).toBeGreaterThan(0)
    })
    test(`${title}: chunks of any size give the same rows`, async () => {
      const whole = await read()
      for (const chunkBytes of [1, 2, 3, 7, 61, 509]) expect(await read({}, chunkBytes)).toEqual(whole)
    })
    test(`${title}: blocks of any size give the same rows, and reading goes on where a block has ended`, async () => {
      const whole = await read()
      for (const blockBytes of [1, 40, 333]) {
        const found = await read({ blockBytes })
        expect([found.rows, found.places, found.faults]).toEqual([whole.rows, whole.places, whole.faults])
        for (const from of found.cursors) {
          const later = await read({ blockBytes, from })
          const before = whole.rows.length - later.rows.length
          expect([later.rows, later.places]).toEqual([rest(whole.rows, before), rest(whole.places, before)])
          expect(later.cursors).toEqual(found.cursors.filter(({ at }) => at >= from.at))
        }
      }
    })
    test(`${title}: an input that breaks off gives a part of the rows, or says so`, async () => {
      const step = Math.max(1, Math.floor(bytes.length / 200))
      for (let end = 0; end < bytes.length; end += step) {
        const broken = readAll(format, inputOf(bytes.subarray(0, end), { name }), options)
        const found = await broken.catch((error: unknown) => error)
        if (found instanceof Error) {
          expect(found).toBeInstanceOf(FleetError)
          expect((found as FleetError).code).toBe('import.invalid')
        }
      }
    })
    test(`${title}: damaged bytes end in rows, faults or a sentence`, async () => {
      const others: unknown[] = []
      for (let i = 0; i < 200; i++) {
        const damaged = bytes.slice()
        damaged[(i * 7919) % damaged.length] ^= 1 << (i % 8)
        await readAll(format, inputOf(damaged, { name }), options).catch((error: unknown) => {
          if (!(error instanceof FleetError)) others.push(error)
        })
      }
      expect(others).toEqual([])
    })
  }
}
