import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

export interface Compression {
  compress(bytes: Uint8Array): Uint8Array
  decompress(bytes: Uint8Array): Uint8Array
}

const none: Compression = { compress: (bytes) => bytes, decompress: (bytes) => bytes }

const gzip: Compression = {
  compress: (bytes) => gzipSync(bytes, { level: 3 }),
  decompress: (bytes) => gunzipSync(bytes),
}

const zstd: Compression = {
  compress: (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
  decompress: (bytes) => zstdDecompressSync(bytes),
}

/** Whole files are compressed, by the last suffix of their names. */
export const compressionOf = (name: string): Compression => {
  if (name.endsWith('.gz')) return gzip
  return name.endsWith('.zst') ? zstd : none
}
