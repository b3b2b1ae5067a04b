import pl from 'nodejs-polars'
import { bufferOf, type FileFormat } from './file-format.ts'
import { frameOf } from './table-frame.ts'

/** An Arrow IPC file (Feather 2), its buffers compressed with zstd. */
export const arrowFormat: FileFormat = {
  encode: (rows) => frameOf(rows).writeIPC({ compression: 'zstd' }),
  decode: (bytes) => pl.readIPC(bufferOf(bytes)),
}
