import { FleetError } from '@fleetlake/core'
import { compareNumbers, compareTexts } from './compare.ts'
import {
  isSameVehicle,
  createIdTable,
  createMeasureStore,
  gatherMeasures,
  IDENTITY_KEYS,
  isTextMeasure,
  type IdTable,
  makeValueArrays,
  type MeasureColumn,
  type MeasureStore,
  type Positions,
  textsToStrings,
  VALUE_COLUMNS,
} from '@fleetlake/columnar'
import { compareMeasures, type ComparedMeasures, comparedMeasures, describedMeasure } from './answer-measures.ts'
import { createColumn } from './row-column.ts'
import type { FoundRows } from './found-rows.ts'
import { sortRuns } from './sort-runs.ts'
import { rowRange, takeMeasures } from './take-measures.ts'

/**
 * Gathers the batches of an answer. Rows stay columns: 38 bytes a row until `finish`, some 16 more while it sorts, and 32 afterwards; measures beside,
 * where the answer has some.
 * Rows that are equal (duplicates) stay as many as they are.
 */
export interface RowCollector {
  /**
   * Copies the rows of a batch.
   * @throws FleetError `query.invalid` when there would be more than `maxRows`, or a measure is of two types
   */
  add(rows: Positions): void
  /** All rows, the same for every order of their batches; the collector is empty afterwards. */
  finish(): FoundRows
  rows(): number
  /** What it holds now. */
  bytes(): number
}

/** Of the measures of an answer: what the numbers of its texts reach to, and more than a page holds. */
const MAX_MEASURE_BYTES = 2 ** 30

export const createRowCollector = ({ maxRows }: { readonly maxRows: number }): RowCollector => {
  let length = 0
  let dictionary = createIdTable()
  /** Of columns, as soon as a batch has one. */
  let measures: MeasureStore | undefined
  const typeNames: string[] = []
  const vehicle = createColumn(Uint32Array)
  const type = createColumn(Uint16Array)
  const values = VALUE_COLUMNS.map(({ key, kind }) => ({
    key,
    column: createColumn<Float32Array | Float64Array>(kind === 'float' ? Float32Array : Float64Array),
  }))
  const columns = [vehicle, type, ...values.map(({ column }) => column)]
  const isIdentity = ({ key }: (typeof values)[number]): boolean => (IDENTITY_KEYS as readonly string[]).includes(key)
  const [times, ...places] = values.filter(isIdentity).map(({ column }) => column)
  const others = values.filter((value) => !isIdentity(value)).map(({ column }) => column)

  const numberOfType = (name: string): number => {
    const known = typeNames.indexOf(name)
    if (known >= 0) return known
    if (typeNames.length > 0xffff)
      throw new FleetError('query.invalid', 'the rows are of more than 65,536 vehicle types')
    return typeNames.push(name) - 1
  }

  const addMeasures = (rows: Positions): void => {
    if (rows.measures.length === 0) return
    measures ??= createMeasureStore()
    takeMeasures(measures, rows.measures, { order: rowRange(0, rows.length), at: length })
    if (measures.bytes <= MAX_MEASURE_BYTES) return
    throw new FleetError(
      'query.invalid',
      'the selected columns take more than 1 GiB: select fewer columns, or search for fewer rows',
    )
  }

  /** One order for all rows: by time, then by all that could tell two rows apart, with equal reports side by side. */
  const isAfter = ({ said, revision }: ComparedMeasures, a: number, b: number): boolean => {
    const later = times.at(a) - times.at(b)
    if (later !== 0) return later > 0
    for (const column of places) {
      const difference = compareNumbers(column.at(a), column.at(b))
      if (difference !== 0) return difference > 0
    }
    const bySaid = said.length === 0 ? 0 : compareMeasures(said, a, said, b)
    if (bySaid !== 0) return bySaid > 0
    for (const column of others) {
      const difference = compareNumbers(column.at(a), column.at(b))
      if (difference !== 0) return difference > 0
    }
    const byType = compareTexts(typeNames[type.at(a)], typeNames[type.at(b)])
    return byType === 0 ? revision.length > 0 && compareMeasures(revision, a, revision, b) > 0 : byType > 0
  }

  return {
    add: (rows) => {
      if (length + rows.length > maxRows) {
        throw new FleetError('query.invalid', `the answer has more rows than the limit of ${maxRows}`)
      }
      addMeasures(rows)
      const numbers = rows.vehicleTypes.map(numberOfType)
      const typeOfRow = new Uint16Array(rows.length)
      for (let i = 0; i < rows.length; i++) typeOfRow[i] = numbers[rows.vehicleType[i]]
      vehicle.append(vehiclesOf(rows, dictionary), rows.length)
      type.append(typeOfRow, rows.length)
      for (const { key, column } of values) column.append(rows[key], rows.length)
      length += rows.length
    },
    finish: () => {
      const { ids, rank } = rankIds(textsToStrings(dictionary.texts()))
      const { start, order } = groupRows(length, ids.length, (row) => rank[vehicle.at(row)])
      const spare = new Uint32Array(length)
      const beside = measures?.columns(length) ?? []
      const compared = comparedMeasures(beside)
      const isLater = (a: number, b: number): boolean => isAfter(compared, a, b)
      for (let v = 0; v < ids.length; v++)
        sortRuns(order, spare, { from: start[v], to: start[v + 1], isAfter: isLater })
      vehicle.take(new Uint32Array(0))
      const found: FoundRows = {
        length,
        ids,
        ...typesOf(type.take(order), start, typeNames),
        start,
        measures: gatherMeasures(beside, order).map(described),
        ...makeValueArrays((key) => values.find((value) => value.key === key)!.column.take(order)),
      }
      length = 0
      dictionary = createIdTable()
      measures = undefined
      typeNames.length = 0
      return found
    },
    rows: () => length,
    bytes: () =>
      dictionary.heldBytes + (measures?.bytes ?? 0) + columns.reduce((sum, column) => sum + column.bytes(), 0),
  }
}

const described = (column: MeasureColumn): MeasureColumn =>
  isTextMeasure(column)
    ? { ...column, spec: describedMeasure(column.spec) }
    : { ...column, spec: describedMeasure(column.spec) }

/** The number of each row's vehicle; rows of a batch come in runs of one, which is looked up once. */
const vehiclesOf = (rows: Positions, dictionary: IdTable): Uint32Array => {
  const { length, vehicleIdOffsets: at, vehicleIdBytes: bytes } = rows
  const numbers = new Uint32Array(length)
  for (let i = 0; i < length; i++) {
    numbers[i] = i > 0 && isSameVehicle(rows, i) ? numbers[i - 1] : dictionary.numberOf(bytes, at[i], at[i + 1])
  }
  return numbers
}

/** @returns sorted ids, and of each number the rank of its id among them */
const rankIds = (byNumber: readonly string[]): { ids: string[]; rank: Uint32Array } => {
  const numbers = Uint32Array.from(byNumber, (_, number) => number).toSorted((a, b) =>
    compareTexts(byNumber[a], byNumber[b]),
  )
  const rank = new Uint32Array(byNumber.length)
  numbers.forEach((number, i) => (rank[number] = i))
  return { ids: Array.from(numbers, (number) => byNumber[number]), rank }
}

/** A counting sort: rows by group, in the order of their coming within each. */
const groupRows = (
  length: number,
  groups: number,
  groupOf: (row: number) => number,
): { start: Uint32Array; order: Uint32Array } => {
  const start = new Uint32Array(groups + 1)
  for (let row = 0; row < length; row++) start[groupOf(row) + 1]++
  for (let group = 0; group < groups; group++) start[group + 1] += start[group]
  const next = start.slice(0, groups)
  const order = new Uint32Array(length)
  for (let row = 0; row < length; row++) order[next[groupOf(row)]++] = row
  return { start, order }
}

/** Types by name, without those that no row has; the type of each row only where a vehicle has several. */
const typesOf = (
  ofRow: Uint16Array,
  start: Uint32Array,
  names: readonly string[],
): Pick<FoundRows, 'types' | 'type' | 'rowType'> => {
  const isUsed = new Uint8Array(names.length)
  for (const number of ofRow) isUsed[number] = 1
  const types = names.filter((_, number) => isUsed[number] === 1).toSorted(compareTexts)
  const renumbered = Uint16Array.from(names, (name) => Math.max(0, types.indexOf(name)))
  const type = new Uint16Array(start.length - 1)
  let isVaried = false
  for (let vehicle = 0; vehicle < type.length; vehicle++) {
    for (let row = start[vehicle]; row < start[vehicle + 1]; row++) {
      ofRow[row] = renumbered[ofRow[row]]
      isVaried ||= ofRow[row] !== ofRow[start[vehicle]]
    }
    type[vehicle] = ofRow[start[vehicle]]
  }
  return { types, type, ...(isVaried ? { rowType: ofRow } : {}) }
}
