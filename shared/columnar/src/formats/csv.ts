import pl from 'nodejs-polars'
import { bufferOf, type FileFormat } from './file-format.ts'
import { DEGREES, frameOf, INSTANT } from './table-frame.ts'

const TIME_FORMAT = '%Y-%m-%dT%H:%M:%S%.3fZ'

/**
 * CSV by RFC 4180, in UTF-8, with a header: texts are quoted, times are RFC 3339, a speed or heading that is not known is an
 * empty field, so that an empty text and no value differ.
 */
export const csvFormat: FileFormat = {
  encode: (columns) => frameOf(columns).writeCSV({ quoteStyle: 'non_numeric', datetimeFormat: TIME_FORMAT }),
  decode: (bytes) =>
    pl
      .readCSV(bufferOf(bytes), {
        dtypes: {
          vehicle_id: pl.Utf8,
          vehicle_type: pl.Utf8,
          event_time: pl.Utf8,
          longitude: DEGREES,
          latitude: DEGREES,
          speed: pl.Float32,
          heading: pl.Float32,
        },
      })
      .withColumns(pl.col('event_time').str.strptime(pl.Datetime('ms'), TIME_FORMAT).cast(INSTANT)),
}
