import { COLUMN_NAMES, type ColumnName, MAX_MEASURES, measureNameFault } from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'

/** Which column of the input a position's column or measure is read from, by its name. */
export type Mapping = Readonly<Record<string, string>>

/** Names that are taken for a column unless the user says otherwise, beside its own; the first that the input has counts. */
const USUAL: Partial<Record<ColumnName, readonly string[]>> = {
  vehicle_id: [
    'vehicleid',
    'nameid',
    'vehicle',
    'taxiid',
    'busid',
    'truckid',
    'carid',
    'deviceid',
    'device',
    'imei',
    'plate',
    'licenseplate',
    'trackid',
    'id',
    'name',
  ],
  vehicle_type: ['vehicletype', 'type', 'class', 'category'],
  event_time: ['eventtime', 'timestamp', 'datetime', 'gpstime', 'positiontime', 'recordedat', 'time', 'ts', 'date'],
  longitude: ['longitude', 'lon', 'lng', 'long', 'x'],
  latitude: ['latitude', 'lat', 'y'],
  speed: ['speed', 'velocity'],
  heading: ['heading', 'bearing', 'course', 'direction', 'cog'],
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_.-]/g, '')

const isColumn = (name: string): name is ColumnName => (COLUMN_NAMES as readonly string[]).includes(name)

/** The names in a mapping that are measures, in its order. */
export const measuresOf = (mapping: Mapping): string[] => Object.keys(mapping).filter((name) => !isColumn(name))

/** The columns of the input that are read from nowhere. */
export const leftOutOf = (names: readonly string[], mapping: Mapping): string[] => {
  const taken = new Set(Object.values(mapping))
  return names.filter((name) => !taken.has(name))
}

/**
 * The mapping of `vehicle_id=name_id,event_time=timestamp,temperature=temp_c`.
 * @throws FleetError `usage.invalid`
 */
export const parseMapping = (text: string): Mapping => {
  const mapping = new Map<string, string>()
  for (const part of text.split(',')) {
    const at = part.indexOf('=')
    const [column, source] = [part.slice(0, at).trim(), part.slice(at + 1).trim()]
    if (at < 0 || source === '') {
      throw new FleetError(
        'usage.invalid',
        `--columns "${part}" is not <column>=<column of the file>, such as vehicle_id=name_id`,
      )
    }
    const fault = isColumn(column) ? undefined : measureNameFault(column)
    if (fault !== undefined) {
      throw new FleetError(
        'usage.invalid',
        `--columns: ${fault}; every position has ${COLUMN_NAMES.join(', ')}, and any other name is a measure's`,
      )
    }
    if (mapping.has(column)) throw new FleetError('usage.invalid', `--columns names ${column} twice`)
    mapping.set(column, source)
  }
  if (mapping.size > COLUMN_NAMES.length + MAX_MEASURES)
    throw new FleetError('usage.invalid', `--columns names more than ${MAX_MEASURES} measures`)
  return Object.fromEntries(mapping)
}

export interface MappingOptions {
  /** The mapping that the user gave; other columns are found by name. */
  readonly asked: Mapping
  /** Columns that need no source: they have a value for all rows. */
  readonly constant: readonly ColumnName[]
}

/**
 * Where each column comes from, of those that the input has.
 * @param names the columns of the input
 * @throws FleetError `import.invalid` when one that is needed or asked for is not there
 */
export const mapColumns = (names: readonly string[], { asked, constant }: MappingOptions): Mapping => {
  const mapping: Record<string, string> = {}
  for (const column of [...COLUMN_NAMES, ...measuresOf(asked)]) {
    if (isColumn(column) && constant.includes(column)) continue
    const source = isColumn(column)
      ? (asked[column] ?? usualSource(names, column, Object.values(asked)))
      : asked[column]
    if (source === undefined) continue
    if (!names.includes(source))
      throw new FleetError('import.invalid', `there is no column "${source}"; the input has ${listed(names)}`)
    mapping[column] = source
  }
  const missing = (['vehicle_id', 'event_time', 'longitude', 'latitude'] as const).filter(
    (column) => mapping[column] === undefined && !constant.includes(column),
  )
  if (missing.length === 0) return mapping
  const constantHint = missing.includes('vehicle_id') ? ' (or --vehicle-id if all rows are of one vehicle)' : ''
  throw new FleetError(
    'import.invalid',
    `no column for ${missing.join(', ')}; the input has ${listed(names)}: name it with --columns ${missing[0]}=<column>${constantHint}`,
  )
}

const usualSource = (names: readonly string[], column: ColumnName, taken: readonly string[]): string | undefined => {
  for (const usual of USUAL[column] ?? [plain(column)]) {
    const found = names.find((name) => plain(name) === usual && !taken.includes(name))
    if (found !== undefined) return found
  }
  return undefined
}

const listed = (names: readonly string[]): string =>
  names
    .slice(0, 30)
    .map((name) => `"${name}"`)
    .join(', ') || 'none'
