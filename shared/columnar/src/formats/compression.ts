import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** How a whole file is compressed. */
export interface Compression {
  compress(bytes: Uint8Array): Uint8Array
  decompress(bytes: Uint8Array): Uint8Array
}

export const none: Compression = { compress: (bytes) => bytes, decompress: (bytes) => bytes }

export const gzip: Compression = {
  compress: (bytes) => gzipSync(bytes, { level: 3 }),
  decompress: (bytes) => gunzipSync(bytes),
}

export const zstd: Compression = {
  compress: (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
  decompress: (bytes) => zstdDecompressSync(bytes),
}
