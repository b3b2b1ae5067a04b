import type { MeasureColumn } from '@fleetlake/columnar'
import { measureHead } from '../../shell/measure-words.ts'
import { measureKeyOf, type SortKey } from './order-vehicles.ts'

/** How wide a column is at least, and its share of what is left; no share: it is as wide as that. */
export interface ColumnWidth {
  readonly rem: number
  readonly share?: number
}

export interface VehicleColumn {
  readonly key: SortKey
  readonly label: string
  /** What it means, where the label does not say. */
  readonly about?: string
  readonly isNumber: boolean
  /** Beside the map there is little room. */
  readonly narrow?: ColumnWidth
  readonly wide: ColumnWidth
}

const VEHICLE_COLUMNS: readonly VehicleColumn[] = [
  { key: 'id', label: 'Vehicle', isNumber: false, narrow: { rem: 0, share: 1 }, wide: { rem: 10, share: 2 } },
  { key: 'type', label: 'Type', isNumber: false, wide: { rem: 5, share: 1 } },
  { key: 'firstSeen', label: 'First seen', isNumber: false, wide: { rem: 8.5, share: 1 } },
  { key: 'lastSeen', label: 'Last seen', isNumber: false, wide: { rem: 8.5, share: 1 } },
  {
    key: 'points',
    label: 'Points',
    about: 'Reports that were found',
    isNumber: true,
    narrow: { rem: 4.25 },
    wide: { rem: 5, share: 1 },
  },
  {
    key: 'distance',
    label: 'Distance',
    about: 'Along the reports; gaps count for nothing',
    isNumber: true,
    narrow: { rem: 5 },
    wide: { rem: 6, share: 1 },
  },
  {
    key: 'timeInside',
    label: 'Inside',
    about: 'Time between reports inside the area; gaps count for nothing',
    isNumber: true,
    narrow: { rem: 5.25 },
    wide: { rem: 6.5, share: 1 },
  },
]

/** Where the table is wider than its place an id still has so much; a part of the next column is seen, so that one scrolls. */
const ID_REM = 6

const measureColumn = ({ spec }: MeasureColumn): VehicleColumn => {
  const isNumber = spec.type !== 'string' && spec.type !== 'boolean'
  // A head with a unit needs as much as a text.
  const width = { rem: isNumber && spec.unit === undefined ? 7 : 8 }
  return {
    key: measureKeyOf(spec.name),
    label: measureHead(spec),
    about: `${spec.name}: the last value that was found${spec.description === undefined ? '' : `; ${spec.description}`}`,
    isNumber,
    narrow: width,
    wide: { ...width, share: 1 },
  }
}

/** The columns of an answer: those of every answer, then its measures. */
export const vehicleColumns = (measures: readonly MeasureColumn[], isWide: boolean): VehicleColumn[] => {
  const columns = [...VEHICLE_COLUMNS, ...measures.map(measureColumn)].filter(
    ({ narrow }) => isWide || narrow !== undefined,
  )
  if (isWide || measures.length === 0) return columns
  return columns.map((column) => (column.key === 'id' ? { ...column, narrow: { rem: ID_REM, share: 1 } } : column))
}

const widthOf = ({ narrow, wide }: VehicleColumn, isWide: boolean): ColumnWidth => (isWide ? wide : (narrow ?? wide))

/** Of a CSS grid. */
export const columnTracks = (columns: readonly VehicleColumn[], isWide: boolean): string =>
  columns
    .map((column) => widthOf(column, isWide))
    .map(({ rem, share }) => (share === undefined ? `${rem}rem` : `minmax(${rem}rem,${share}fr)`))
    .join(' ')

/** How wide all of them are at least. */
export const columnsRem = (columns: readonly VehicleColumn[], isWide: boolean): number =>
  columns.reduce((sum, column) => sum + widthOf(column, isWide).rem, 0)
