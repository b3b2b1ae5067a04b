import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An answer that says what is wrong and what to do, as RFC 9457 has it. */
export const problem = (c: Context, status: ContentfulStatusCode, title: string, more: object = {}): Response =>
  c.body(JSON.stringify({ title, status, ...more }), status, { 'Content-Type': 'application/problem+json' })
