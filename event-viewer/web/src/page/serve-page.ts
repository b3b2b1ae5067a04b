import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'
import { PAGES } from '../../api/pages.ts'
import { FALLBACK } from './built-page.ts'

/** What never changes under its name, since the name holds a hash of it; the list of builds is the exception. */
const IMMUTABLE = /^\/_nuxt\/(?!builds\/latest\.json$)/

/**
 * The files that were built. Every page is the same document, which finds its way in the browser; another address gets it too, with a
 * 404, when a person went there, and a plain 404 when the page asked for a file.
 */
export const servePage = (folder: string): Hono => {
  const app = new Hono()
  const files = serveStatic({ root: folder, precompressed: true })
  const document = serveStatic({ root: folder, path: FALLBACK, precompressed: true })
  app.use(async (c, next) => {
    await next()
    if (c.res.headers.has('Cache-Control')) return
    const isFound = c.res.status === 200 || c.res.status === 206
    c.header(
      'Cache-Control',
      isFound && IMMUTABLE.test(c.req.path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    )
  })
  for (const { path } of PAGES) app.get(path, document)
  app.get('*', files)
  app.get('*', async (c) =>
    isNavigation(c) ? c.html(await readFile(join(folder, FALLBACK), 'utf8'), 404) : missing(c),
  )
  return app
}

const isNavigation = (c: Context): boolean =>
  !/\.[a-z\d]+$/i.test(c.req.path) && (c.req.header('Accept') ?? '').includes('text/html')

export const missing = (c: Context): Response => c.text(`There is no ${c.req.path} here.`, 404)
