import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'

const compress = promisify(gzip)

/** A text that is sent often: compressed and hashed once. */
export interface Packed {
  readonly type: string
  readonly etag: string
  readonly gzipped: Uint8Array<ArrayBuffer>
  readonly plain: Uint8Array<ArrayBuffer>
}

export const pack = async (plain: Uint8Array<ArrayBuffer>, type: string): Promise<Packed> => ({
  type,
  // Weak, since the same tag stands for both encodings.
  etag: `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
  gzipped: await compress(plain),
  plain,
})

/** A browser that keeps it asks again each time; the `etag` middleware answers those who have it already. */
export const sendPacked = (c: Context, { type, etag, plain, gzipped }: Packed): Response => {
  const encoding = accepts(c, { header: 'Accept-Encoding', supports: ['gzip'], default: 'identity' })
  c.header('Content-Type', type)
  c.header('Cache-Control', 'no-cache')
  c.header('Vary', 'Accept-Encoding')
  c.header('ETag', etag)
  if (encoding === 'gzip') c.header('Content-Encoding', encoding)
  return c.body(encoding === 'gzip' ? gzipped : plain)
}
