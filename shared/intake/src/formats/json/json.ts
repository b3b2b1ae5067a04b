import { FleetError } from '@fleetlake/core'
import type { Block } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { atPath } from './at-path.ts'
import { findRowLists, pathOfRows } from './find-rows.ts'
import { firstBytes } from '../first-bytes.ts'
import { headOf } from './head.ts'
import { isObject, type JsonObject } from './parse-json-row.ts'
import { type RecordReading, readRecords } from './read-records.ts'
import type { Table } from './table.ts'

const fill = (table: Table, object: JsonObject): void => table.setMembers(object)

const READING: Omit<RecordReading, 'decide'> = {
  counts: 'record',
  isByLine: false,
  isUnitEach: true,
  take: ({ value, bytes, text }, maker) => {
    maker.begin({ units: 1, bytes, text })
    if (isObject(value)) maker.add(fill, value, 0)
    else maker.fault('not-an-object', 'the record is not a JSON object')
  },
}

/**
 * Where the rows are: as asked; the elements of a list at the root; else those of the one list that looks like rows, or the objects at the root where there is no list.
 * @throws FleetError `import.invalid`
 */
const placeOfRows = async (input: Input, { path, signal }: ReadOptions): Promise<string> => {
  if (path !== undefined) return path
  const { first } = headOf(await firstBytes(input, signal))
  return Array.isArray(first) ? '' : (pathOfRows(await findRowLists(input, signal)) ?? '')
}

async function* readJson(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const path = await placeOfRows(input, options)
  let hasRows = false
  for await (const block of readRecords(input, options, { ...READING, decide: atPath(path) })) {
    hasRows = true
    yield block
  }
  if (!hasRows && options.path !== undefined && options.from.at === 0)
    throw new FleetError('import.invalid', `--path ${path}: there are no rows`)
}

/** A list of objects, at the root of the document or under a member. Their members are the fields, those of objects in them by `a.b`. A cursor counts records. */
export const json: Format = {
  name: 'json',
  title: 'JSON',
  counts: 'record',
  hasMeaning: false,
  sniff: (head) => {
    const { first, isByLine } = headOf(head)
    return !isByLine && typeof first === 'object' && first !== null && Object.keys(first).length > 0 ? 1 : 0
  },
  read: readJson,
}
