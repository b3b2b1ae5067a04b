/**
 * The table of columns: each column of a position, once. Lists, schemas, codecs, statistics, exports and documents are made from it.
 */

/** What a column's values are. It decides how they are held, sent, kept and compared. */
export type Kind = 'id' | 'label' | 'instant' | 'degrees' | 'float'

export interface ColumnSpec {
  /** In messages, files, exports and queries. */
  readonly name: string
  /** In `Rows` and `Positions`. */
  readonly key: string
  readonly kind: Kind
  /** A row without a value has a fault; of the other columns a row may have none. */
  readonly isRequired: boolean
  /** Two rows are one report only if they are equal in each of these columns. */
  readonly isIdentity?: boolean
  readonly unit?: string
  readonly description: string
  /** How floats are best written: a dictionary pays where few values are distinct. */
  readonly encoding?: 'dictionary' | 'plain'
}

/** In the order of files and messages. Required columns come first. */
export const COLUMNS = [
  {
    name: 'vehicle_id',
    key: 'vehicle',
    kind: 'id',
    isRequired: true,
    isIdentity: true,
    description: 'the vehicle',
  },
  {
    name: 'vehicle_type',
    key: 'vehicleType',
    kind: 'label',
    isRequired: true,
    description: 'what the vehicle is, such as "bus"',
  },
  {
    name: 'event_time',
    key: 'eventTime',
    kind: 'instant',
    isRequired: true,
    isIdentity: true,
    description: 'when the vehicle was there, UTC',
  },
  {
    name: 'longitude',
    key: 'longitude',
    kind: 'degrees',
    isRequired: true,
    isIdentity: true,
    unit: 'degrees',
    description: 'WGS84, to six decimals',
  },
  {
    name: 'latitude',
    key: 'latitude',
    kind: 'degrees',
    isRequired: true,
    isIdentity: true,
    unit: 'degrees',
    description: 'WGS84, to six decimals',
  },
  {
    name: 'speed',
    key: 'speed',
    kind: 'float',
    isRequired: false,
    unit: 'm/s',
    description: 'over ground',
    encoding: 'dictionary',
  },
  {
    name: 'heading',
    key: 'heading',
    kind: 'float',
    isRequired: false,
    unit: 'degrees',
    description: 'clockwise from north, [0, 360)',
    // Headings repeat along a street: zstd finds that better than a dictionary of them.
    encoding: 'plain',
  },
] as const satisfies readonly ColumnSpec[]

export type Column = (typeof COLUMNS)[number]
export type ColumnName = Column['name']
export type ColumnKey = Column['key']

export const COLUMN_NAMES: readonly ColumnName[] = COLUMNS.map(({ name }) => name)

/** A column's place in files and messages. */
export const placeOfColumn = (name: ColumnName): number => COLUMN_NAMES.indexOf(name)

/** Delta's type of each kind. */
export const DELTA_TYPES = {
  id: 'string',
  label: 'string',
  instant: 'timestamp',
  degrees: 'decimal(9,6)',
  float: 'float',
} as const satisfies Record<Kind, string>
