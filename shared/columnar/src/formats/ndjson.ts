import pl from 'nodejs-polars'
import { bufferOf, type FileFormat } from './file-format.ts'
import { DEGREES, frameOf, INSTANT } from './table-frame.ts'

const TIME_FORMAT = '%Y-%m-%dT%H:%M:%S%.3fZ'

/** The reader takes its types from the first line: this one has them all. It is no row. */
const TYPES_LINE = Buffer.from(
  '{"vehicle_id":"-","vehicle_type":"-","event_time":"-","longitude":0.5,"latitude":0.5,"speed":0.5,"heading":0.5}\n',
)

/** One JSON object a line, in UTF-8: coordinates are numbers, times RFC 3339, a speed or heading that is not known is null. */
export const ndjsonFormat: FileFormat = {
  encode: (columns) =>
    frameOf(columns)
      .withColumns(
        pl.col('event_time').dt.strftime(TIME_FORMAT),
        pl.col('longitude').cast(pl.Float64),
        pl.col('latitude').cast(pl.Float64),
      )
      .writeJSON({ format: 'lines' }),
  decode: (bytes) =>
    pl
      .readJSON(Buffer.concat([TYPES_LINE, bufferOf(bytes)]), { format: 'lines', inferSchemaLength: 1 })
      .slice({ offset: 1, length: Number.MAX_SAFE_INTEGER })
      .withColumns(
        pl.col('event_time').str.strptime(pl.Datetime('ms'), TIME_FORMAT).cast(INSTANT),
        pl.col('longitude').cast(DEGREES),
        pl.col('latitude').cast(DEGREES),
        pl.col('speed').cast(pl.Float32),
        pl.col('heading').cast(pl.Float32),
      ),
}
