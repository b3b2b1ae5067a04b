import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { FleetError } from '@fleetlake/core'
import { importSettings, type ImportSettings, type Preview } from '@fleetlake/intake'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ImportPreview } from '../../api/imports.ts'
import { onlyFromOwnPage } from '../http/only-from-own-page.ts'
import { NoSuchImport, type PageImports } from './page-imports.ts'

export interface ImportRoutesOptions {
  readonly imports: PageImports
  /** Whether pages may import at all. */
  readonly isAllowed: boolean
  /** By which people come to the page. */
  readonly hosts: readonly string[]
}

const SETTINGS_BYTES = 64 * 1024

/** What `api/imports.ts` describes, below the path that it is mounted at. */
export const createImportRoutes = ({ imports, isAllowed, hosts }: ImportRoutesOptions): Hono => {
  const app = new Hono()
  app.use(onlyFromOwnPage({ hosts, refusal: 'This page may not import: it is not a page of this viewer.' }))
  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store')
    if (isAllowed) return next()
    return c.text(
      'Importing is switched off for pages. The operator of the viewer can allow it with viewer.imports.',
      403,
    )
  })
  app.onError((error, c) => {
    if (error instanceof NoSuchImport) return c.text(error.message, 404)
    if (error instanceof FleetError && REFUSALS.has(error.code)) return c.text(error.message, 400)
    throw error
  })
  app.get('/', async (c) => c.json(await imports.list()))
  app.post('/', async (c) => c.json(await imports.create(), 201))
  app.put('/:id/files/:name', async (c) => {
    const { id, name } = c.req.param()
    return c.json(await imports.upload(id, name, c.req.raw.body))
  })
  app.delete('/:id/files/:name', async (c) => {
    const { id, name } = c.req.param()
    await imports.removeFile(id, name)
    return c.body(null, 204)
  })
  app.use(bodyLimit({ maxSize: SETTINGS_BYTES }))
  app.post('/:id/preview', async (c) => {
    const settings = await settingsOf(c)
    return c.json(previewOf(await imports.preview(c.req.param('id'), settings, c.req.raw.signal)))
  })
  app.post('/:id/start', async (c) => c.json(await imports.start(c.req.param('id'), await settingsOf(c)), 202))
  app.post('/:id/stop', async (c) => c.json(await imports.stop(c.req.param('id')), 202))
  app.delete('/:id', async (c) => {
    await imports.remove(c.req.param('id'))
    return c.body(null, 204)
  })
  app.get('/:id/refused', async (c) => {
    const file = await imports.refusedFile(c.req.param('id'))
    const size = file === undefined ? undefined : await stat(file).catch(() => undefined)
    if (file === undefined || size === undefined) return c.text('No row was refused so far.', 404)
    c.header('Content-Type', 'application/x-ndjson')
    c.header('Content-Disposition', 'attachment; filename="refused.ndjson"')
    return c.body(Readable.toWeb(createReadStream(file)) as ReadableStream)
  })
  return app
}

const REFUSALS: ReadonlySet<string> = new Set(['import.invalid', 'usage.invalid'])

/** @throws FleetError `usage.invalid` */
const settingsOf = async (c: Context): Promise<ImportSettings> => {
  const body: unknown = await c.req.json().catch(() => undefined)
  if (body === undefined)
    throw new FleetError('usage.invalid', 'what is said of the files has to be JSON: {} for nothing')
  const read = importSettings.safeParse(body)
  if (read.success) return read.data
  const faults = read.error.issues.map(({ path, message }) => [...path, message].join(': '))
  throw new FleetError('usage.invalid', `what is said of the files can't be used: ${faults.join('; ')}`)
}

const previewOf = ({ fields, mapping, question }: Preview): ImportPreview => ({
  fields,
  ...(question === undefined ? {} : { question }),
  ...(mapping === undefined
    ? {}
    : {
        mapping: {
          file: mapping.file,
          format: mapping.format,
          columns: [...mapping.object.columns, ...mapping.object.measures].map(({ name, fields: from, detail }) => ({
            name,
            fields: from,
            ...(detail === undefined ? {} : { detail }),
          })),
          notes: mapping.object.notes,
          leftOut: mapping.leftOut,
          first: mapping.first,
        },
      }),
})
