import pl, { type DataType } from 'nodejs-polars'
import { COLUMNS } from '../columns.ts'
import { bufferOf, type FileFormat } from './file-format.ts'
import { byKind, FRAME_TYPES, frameOf } from './table-frame.ts'

const TIME_FORMAT = '%Y-%m-%dT%H:%M:%S%.3fZ'

/** Times are read as texts first: polars' CSV reader doesn't take times that end in "Z". */
const READ_TYPES = Object.fromEntries(
  COLUMNS.map(({ name, kind }) => [name, kind === 'instant' ? pl.Utf8 : FRAME_TYPES[kind]]),
)

/** Measures are read as texts: a guess would make a number of an id. Names need no quotes, and get none of their own. */
const measureTypes = (bytes: Uint8Array): Record<string, DataType> => {
  const end = bytes.indexOf(10)
  const head = bufferOf(bytes).toString('utf8', 0, end < 0 ? bytes.length : end)
  return Object.fromEntries(head.split(',').map((name) => [name.trim().replaceAll('"', ''), pl.Utf8]))
}

/**
 * CSV by RFC 4180, in UTF-8, with a header: texts are quoted, times are RFC 3339, a value that is not known is an
 * empty field, so that an empty text and no value differ.
 */
export const csvFormat: FileFormat = {
  encode: (rows) => frameOf(rows).writeCSV({ quoteStyle: 'non_numeric', datetimeFormat: TIME_FORMAT }),
  decode: (bytes) =>
    pl
      .readCSV(bufferOf(bytes), { dtypes: { ...measureTypes(bytes), ...READ_TYPES } })
      .withColumns(
        ...byKind({ instant: (time) => time.str.strptime(pl.Datetime('ms'), TIME_FORMAT).cast(FRAME_TYPES.instant) }),
      ),
}
