import { type Block, type BlockFault, type Cursor, type Field, MAX_SHOWN } from '../block.ts'
import { showRow } from '../show-row.ts'

/** Gives the row in hand a value; what is undefined or NaN is none. */
export type SetValue<Value> = (value: Value | undefined) => void

/** Makes a block of rows that come one by one. A setter holds for as long as its builder; a field that no row of a block has is not in it. */
export interface BlockBuilder {
  number(name: string): SetValue<number>
  /** Of ms since the epoch; or of texts as ISO 8601 has them, where the input does not say the zone of its clock: then all of the block's are texts. */
  time(name: string): SetValue<number | string>
  /** Of texts, numbers, bigints, booleans, objects, lists. */
  value(name: string): SetValue<unknown>
  /** A number that the input knows, so that it is in every block, though no row of it has a value. */
  keep(name: string): void
  /**
   * Ends the row in hand.
   * @param text what it looks like in the input; made of its values when missing
   */
  endRow(place: number, text?: string): void
  fault(fault: BlockFault): void
  /** The rows in it. */
  rows(): number
  isEmpty(): boolean
  /** The block, and the next one begins. */
  cut(from: Cursor, next: Cursor): Block
}

interface Column {
  readonly name: string
  /** The field of the block's rows, if one has a value; the column is empty then. */
  take(rows: number): Field | undefined
}

export const createBlockBuilder = (): BlockBuilder => {
  const columns: Column[] = []
  const setters = new Map<string, SetValue<never>>()
  const kept = new Set<string>()
  let rows = 0
  let places: number[] = []
  let texts: (string | undefined)[] = []
  let faults: BlockFault[] = []

  const setterOf = <Value>(name: string, make: () => [Column, SetValue<Value>]): SetValue<Value> => {
    const known = setters.get(name)
    if (known !== undefined) return known as SetValue<Value>
    const [column, set] = make()
    columns.push(column)
    setters.set(name, set as SetValue<never>)
    return set
  }
  const row = (): number => rows
  return {
    number: (name) => setterOf(name, () => numbers(name, row)),
    time: (name) => setterOf(name, () => times(name, row)),
    value: (name) => setterOf(name, () => values(name, row)),
    keep: (name) => {
      setterOf(name, () => numbers(name, row))
      kept.add(name)
    },
    endRow: (place, text) => {
      places.push(place)
      texts.push(text?.slice(0, MAX_SHOWN))
      rows++
    },
    fault: (fault) => {
      faults.push({ ...fault, text: fault.text.slice(0, MAX_SHOWN) })
    },
    rows: row,
    isEmpty: () => rows === 0 && faults.length === 0,
    cut: (from, next) => {
      const taken = columns
        .map(({ name, take }) => ({ name, field: take(rows) ?? (kept.has(name) ? noNumbers(rows) : undefined) }))
        .filter((column): column is { name: string; field: Field } => column.field !== undefined)
      const names = taken.map(({ name }) => name)
      const fields = taken.map(({ field }) => field)
      const shown = texts
      const block: Block = {
        names,
        fields,
        rows,
        places: Float64Array.from(places),
        textOf: (i) => shown[i] ?? showRow(names, fields, i),
        faults,
        from,
        next,
      }
      rows = 0
      places = []
      texts = []
      faults = []
      return block
    },
  }
}

const noNumbers = (rows: number): Field => ({ kind: 'number', values: new Float64Array(rows).fill(NaN) })

const FIRST_ROWS = 64

const numbers = (name: string, row: () => number): [Column, SetValue<number>] => {
  let all = new Float64Array(FIRST_ROWS).fill(NaN)
  let isUsed = false
  return [
    {
      name,
      take: (rows) => {
        if (!isUsed) return undefined
        const taken = new Float64Array(rows).fill(NaN)
        taken.set(all.subarray(0, Math.min(rows, all.length)))
        all.fill(NaN)
        isUsed = false
        return { kind: 'number', values: taken }
      },
    },
    (value) => {
      if (value === undefined || Number.isNaN(value)) return
      const at = row()
      if (at >= all.length) {
        const grown = new Float64Array(Math.max(at + 1, 2 * all.length)).fill(NaN)
        grown.set(all)
        all = grown
      }
      all[at] = value
      isUsed = true
    },
  ]
}

const values = (name: string, row: () => number): [Column, SetValue<unknown>] => {
  let all: unknown[] = []
  return [
    {
      name,
      take: (rows) => {
        if (all.length === 0) return undefined
        const taken = all
        while (taken.length < rows) taken.push(undefined)
        all = []
        return { kind: 'value', values: taken }
      },
    },
    (value) => {
      if (value === undefined || value === null) return
      const at = row()
      while (all.length < at) all.push(undefined)
      all[at] = value
    },
  ]
}

const times = (name: string, row: () => number): [Column, SetValue<number | string>] => {
  const [column, set] = values(name, row)
  return [
    {
      name,
      take: (rows) => {
        const field = column.take(rows)
        if (field?.kind !== 'value') return field
        if (field.values.some((value) => typeof value === 'string'))
          return { kind: 'value', values: field.values.map(asIso) }
        return {
          kind: 'instant',
          values: Float64Array.from(field.values, (value) => (typeof value === 'number' ? value : NaN)),
        }
      },
    },
    (value) => set(Number.isNaN(value) ? undefined : value),
  ]
}

const asIso = (value: unknown): unknown => (typeof value === 'number' ? new Date(value).toISOString() : value)
