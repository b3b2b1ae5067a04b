import { type Block, type BlockFault, type Cursor, MAX_SHOWN } from '../block.ts'
import { showRow } from '../show-row.ts'
import { createTable, type RowEnd, type Table } from './table.ts'

/** Sets the values of a row. */
export type Fill<Source> = (table: Table, source: Source, index: number) => void

export interface BlockMakerOptions {
  /** Units that lie before are passed over. */
  readonly from: Cursor
  readonly blockBytes: number
  /** Fields whose numbers are ms since the epoch. */
  readonly instants?: ReadonlySet<string>
}

export interface NextRecord {
  /** How many units it is; at least one. */
  readonly units: number
  /** Of the input. */
  readonly bytes: number
  /** As it stands in the input, if its rows should be shown so; else they are shown by their fields. */
  readonly text?: string
}

/**
 * Makes blocks of records that have a row each, or several. Invariants: a cursor counts units, and each record is at least one; a block ends after the unit that brings it to `blockBytes`, so where blocks are cut depends on
 * the records and on where reading began alone.
 */
export interface BlockMaker {
  /** Whether a number of units that come next are all before where reading begins. */
  isBefore(units: number): boolean
  begin(record: NextRecord): void
  /** A unit is a row. */
  add<Source>(fill: Fill<Source>, source: Source, index: number): void
  /** The record in hand is no row. */
  fault(reason: string, detail: string, text?: string): void
  /** The record in hand is neither a row nor a fault. */
  pass(): void
  /** Told once for each block. */
  note(sentence: string): void
  /** The place of the record in hand. */
  place(): number
  /** Blocks that are full. */
  ready(): Block[]
  /** The last one, if it has something. */
  rest(): Block[]
}

interface Pending {
  readonly from: Cursor
  readonly table: Table
  readonly places: number[]
  readonly texts: (string | undefined)[]
  readonly faults: BlockFault[]
  readonly notes: Set<string>
  bytes: number
}

export const createBlockMaker = ({ from, blockBytes, instants }: BlockMakerOptions): BlockMaker => {
  const start = (cursor: Cursor): Pending => ({
    from: cursor,
    table: createTable(instants),
    places: [],
    texts: [],
    faults: [],
    notes: new Set(),
    bytes: 0,
  })
  let pending = start(from)
  let full: Block[] = []
  /** Units so far. */
  let unit = 0
  let place = 0
  let unitsLeft = 0
  let unitBytes = 0
  let text: string | undefined

  const cut = (next: Cursor): void => {
    if (pending.places.length > 0 || pending.faults.length > 0) full.push(blockOf(pending, next))
    pending = start(next)
  }

  const here = (): Cursor => ({ at: unit, place: unitsLeft > 0 ? place : place + 1 })

  const endUnits = (units: number): void => {
    const isTaken = unit + units > from.at
    unit += units
    unitsLeft -= units
    if (!isTaken) return
    pending.bytes += units * unitBytes
    if (pending.bytes >= blockBytes) cut(here())
  }

  const fillRow = <Source>(fill: Fill<Source>, source: Source, index: number): RowEnd => {
    pending.table.open()
    fill(pending.table, source, index)
    return pending.table.close()
  }

  const addFault = (reason: string, detail: string, shown: string): void => {
    pending.faults.push({ place, text: shown.slice(0, MAX_SHOWN), reason, detail })
  }

  return {
    isBefore: (units) => unit + units <= from.at,
    begin: (record) => {
      place++
      unitsLeft = record.units
      unitBytes = Math.ceil(record.bytes / record.units)
      text = record.text
    },
    add: (fill, source, index) => {
      if (unit >= from.at) {
        let row = fillRow(fill, source, index)
        if (row === 'full') {
          cut({ at: unit, place })
          row = fillRow(fill, source, index)
        }
        if (row === 'taken') {
          pending.places.push(place)
          pending.texts.push(text)
        } else if (row !== 'full') addFault(row.reason, row.detail, text ?? '')
      }
      endUnits(1)
    },
    fault: (reason, detail, shown) => {
      if (unit >= from.at) addFault(reason, detail, shown ?? text ?? '')
      endUnits(unitsLeft)
    },
    pass: () => endUnits(unitsLeft),
    note: (sentence) => {
      if (unit >= from.at) pending.notes.add(sentence)
    },
    place: () => place,
    ready: () => {
      const blocks = full
      full = []
      return blocks
    },
    rest: () => {
      cut(here())
      const blocks = full
      full = []
      return blocks
    },
  }
}

const blockOf = ({ from, table, places, texts, faults, notes }: Pending, next: Cursor): Block => {
  const { names, fields } = table.finish()
  const textOf = (row: number): string => texts[row]?.slice(0, MAX_SHOWN) ?? showRow(names, fields, row)
  return {
    names,
    fields,
    rows: places.length,
    places: Int32Array.from(places),
    textOf,
    faults,
    from,
    next,
    ...(notes.size === 0 ? {} : { notes: [...notes] }),
  }
}
