import { COLUMN_NAMES, type ColumnName, MAX_MEASURES, measureNameFault } from '@fleetlake/columnar'
import { FleetError } from '@fleetlake/core'

/** Which field of the input a column or a measure is read from, by its name: what a person says with `--columns`. */
export type Mapping = Readonly<Record<string, string>>

export const isColumn = (name: string): name is ColumnName => (COLUMN_NAMES as readonly string[]).includes(name)

/** Names in a mapping that are no columns and no measures: fields with N, S, E or W. */
export const HEMISPHERE_NAMES = { longitude: 'longitude_hemisphere', latitude: 'latitude_hemisphere' } as const
const OTHERS: readonly string[] = Object.values(HEMISPHERE_NAMES)

/** Whether a name in a mapping is no measure's. */
export const isNoMeasure = (name: string): boolean => isColumn(name) || OTHERS.includes(name)

/** The names in a mapping that are measures, in its order. */
export const measuresOf = (mapping: Mapping): string[] => Object.keys(mapping).filter((name) => !isNoMeasure(name))

/**
 * The mapping of `vehicle_id=name_id,event_time=Date+Time,temperature=temp_c`.
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
        `--columns "${part}" is not <column>=<field of the input>, such as vehicle_id=name_id`,
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
