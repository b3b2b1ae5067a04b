import { parquetWriteBuffer } from 'hyparquet-writer'

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }
const float = { type: 'DOUBLE', repetition_type: 'REQUIRED' }
const SCHEMA = {
  vehicle_id: text,
  vehicle_type: text,
  event_time: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS', repetition_type: 'REQUIRED' },
  longitude: float,
  latitude: float,
}

export interface HyparquetOptions {
  readonly rowGroupSize?: number
  /** Bytes of a page, by what a column's values take; of all a column's rows when missing, and then without an index. */
  readonly pageSize?: number
  /** One that all columns have makes pages of the same rows where their values are of as many bytes: ids and types of eight. */
  readonly encoding?: 'PLAIN'
}

/** Pages of so many rows in each column, where ids have eight letters. */
export const sameRows = (rows: number): HyparquetOptions => ({ pageSize: 8 * (rows + 1), encoding: 'PLAIN' })

/** Positions as hyparquet writes them: with a filter of the ids, an index of the pages of each column, its bounds cut to 16 bytes. All indexes of one kind lie side by side. */
export const byHyparquet = (
  ids: readonly string[],
  { rowGroupSize = 40, pageSize, encoding }: HyparquetOptions,
): Uint8Array => {
  const { length } = ids
  const values = (valueOf: (i: number) => unknown): unknown[] => Array.from({ length }, (_, i) => valueOf(i))
  const data: Readonly<Record<string, unknown[]>> = {
    vehicle_id: [...ids],
    vehicle_type: values(() => 'trolleys'),
    event_time: values((i) => new Date(1.7e12 + i)),
    longitude: values((i) => -56 - i / 1e6),
    latitude: values((i) => -34 + i / 1e6),
  }
  const bytes = parquetWriteBuffer({
    schema: [
      { name: 'root', num_children: 5 },
      ...Object.entries(SCHEMA).map(([name, element]) => ({ name, ...element })),
    ],
    columnData: Object.keys(SCHEMA).map((name) => ({
      name,
      data: data[name],
      columnIndex: true,
      ...(encoding && { encoding }),
      ...(name === 'vehicle_id' ? { bloomFilter: true } : {}),
    })),
    rowGroupSize,
    ...(pageSize && { pageSize }),
  } as unknown as Parameters<typeof parquetWriteBuffer>[0])
  return new Uint8Array(bytes)
}
