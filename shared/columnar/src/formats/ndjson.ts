import pl from 'nodejs-polars'
import { COLUMNS } from '../columns.ts'
import { bufferOf, type FileFormat } from './file-format.ts'
import { byKind, FRAME_TYPES, frameOf } from './table-frame.ts'

const TIME_FORMAT = '%Y-%m-%dT%H:%M:%S%.3fZ'

const isNumber = { id: false, label: false, instant: false, degrees: true, float: true }

/** The reader takes the types of these columns from the first line: this one has them all. It is not a row. */
const TYPES_LINE = Buffer.from(
  `${JSON.stringify(Object.fromEntries(COLUMNS.map(({ name, kind }) => [name, isNumber[kind] ? 0.5 : '-'])))}\n`,
)

/** Every line has all columns. Where there are measures their types are found by all lines. */
const hasMeasures = (bytes: Uint8Array): boolean => {
  const end = bytes.indexOf(10)
  const line: unknown = JSON.parse(bufferOf(bytes).toString('utf8', 0, end < 0 ? bytes.length : end))
  return typeof line === 'object' && line !== null && Object.keys(line).length > COLUMNS.length
}

/** One JSON object a line, in UTF-8: coordinates are numbers, times RFC 3339, a value that is not known is null. */
export const ndjsonFormat: FileFormat = {
  encode: (rows) =>
    frameOf(rows)
      .withColumns(
        ...byKind({
          instant: (time) => time.dt.strftime(TIME_FORMAT),
          degrees: (degrees) => degrees.cast(pl.Float64),
        }),
      )
      .writeJSON({ format: 'lines' }),
  decode: (bytes) =>
    pl
      .readJSON(Buffer.concat([TYPES_LINE, bufferOf(bytes)]), {
        format: 'lines',
        inferSchemaLength: hasMeasures(bytes) ? null : 1,
      })
      .slice({ offset: 1, length: Number.MAX_SAFE_INTEGER })
      .withColumns(
        ...byKind({
          instant: (time) => time.str.strptime(pl.Datetime('ms'), TIME_FORMAT).cast(FRAME_TYPES.instant),
          degrees: (degrees) => degrees.cast(FRAME_TYPES.degrees),
          float: (float) => float.cast(FRAME_TYPES.float),
        }),
      ),
}
