import { rightsOf, RIGHTS, tidyAreaName } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { addAreas, type AreaEntry, changeGeometry, type Registry, removeAreas, renameArea } from '@fleetlake/registry'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { etag } from 'hono/etag'
import { z } from 'zod'
import type { KnownArea, KnownAreas } from '../../api/areas.ts'
import { onlyFromOwnPage } from '../http/only-from-own-page.ts'
import { pack, type Packed, sendPacked } from '../http/packed.ts'
import type { AreaStore } from './area-store.ts'

export interface AreaRoutesOptions {
  readonly store: AreaStore
  /** By which people come to the page. */
  readonly hosts: readonly string[]
}

/** An area of as many positions as one may have takes less. */
const BODY_BYTES = 1024 * 1024

const version = z.number('must be the version that was seen').int().min(1)
const newArea = z.strictObject({ name: z.string('must be a text').max(1_000), geometry: z.unknown() })
const areaChange = z
  .strictObject({ version, name: z.string('must be a text').max(1_000).optional(), geometry: z.unknown().optional() })
  .refine(
    ({ name, geometry }) => (name === undefined) !== (geometry === undefined),
    'either a name or a geometry has to be there',
  )

/** What `api/areas.ts` describes, below the path that it is mounted at. */
export const createAreaRoutes = ({ store, hosts }: AreaRoutesOptions): Hono => {
  const app = new Hono()
  app.use(onlyFromOwnPage({ hosts, refusal: 'The areas are for pages of this viewer only.' }))
  app.onError((error, c) => {
    if (!(error instanceof FleetError)) throw error
    if (error.code === 'registry.conflict') return refused(c, 409, error)
    if (REFUSALS.has(error.code)) return refused(c, 400, error)
    throw error
  })
  app.get('/', etag(), createList(store))
  app.use(mayChange)
  app.use(bodyLimit({ maxSize: BODY_BYTES, onError: (c) => c.text(`An area may take ${BODY_BYTES} bytes.`, 413) }))
  app.post('/', async (c) => {
    const { name, geometry } = await bodyOf(c, newArea)
    const given = [{ name: tidyAreaName(name), geometry, where: 'the area' }]
    const { added } = await addAreas(await store.read(), given, { who: whoIn(c) })
    return c.json(knownArea(added[0]), 201)
  })
  app.patch('/:id', async (c) => {
    const { version: expected, name, geometry } = await bodyOf(c, areaChange)
    const registry = await store.read()
    const nameOrId = c.req.param('id')
    const options = { who: whoIn(c), expected }
    const changed =
      name === undefined
        ? await changeGeometry(registry, { nameOrId, geometry }, options)
        : await renameArea(registry, { nameOrId, name: tidyAreaName(name) }, options)
    return c.json(knownArea(changed))
  })
  app.delete('/:id', async (c) => {
    const expected = version.safeParse(Number(c.req.query('version'))).data
    if (expected === undefined) throw new FleetError('usage.invalid', 'say which version was seen, as in ?version=1')
    const [gone] = await removeAreas(await store.read(), [c.req.param('id')], { who: whoIn(c), expected })
    return c.json(knownArea(gone))
  })
  return app
}

const REFUSALS: ReadonlySet<string> = new Set(['area.invalid', 'registry.invalid', 'usage.invalid'])

const refused = (c: Context, status: 400 | 409, error: FleetError): Response => c.text(reasonOf(error), status)

/** Who changes an area: `anyone` where no login is needed. */
const whoIn = (c: Context): string => c.get('person')?.account ?? 'anyone'

/** Everybody sees areas; who changes them changes them for everybody. */
const mayChange: MiddlewareHandler = async (c, next) => {
  const role = c.get('person')?.role ?? 'operator'
  if (rightsOf(role).has('areas')) return next()
  return c.text(`Your role, ${role}, may not ${RIGHTS.areas}: an operator can give you another role.`, 403)
}

const knownArea = ({
  id,
  version: seen,
  value: { name, geometry, description, colour, validFrom },
}: AreaEntry): KnownArea => ({
  id,
  version: seen,
  name,
  geometry,
  ...(description === undefined ? {} : { description }),
  ...(colour === undefined ? {} : { colour }),
  ...(validFrom === undefined ? {} : { validFrom }),
})

const areasIn = (registry: Registry): KnownAreas => ({
  areas: [...registry.entries('areas').values()]
    .toSorted((a, b) => a.value.name.localeCompare(b.value.name, 'en') || (a.id < b.id ? -1 : 1))
    .map(knownArea),
})

/** Packed once for each version of the registry. */
const createList = ({ read }: AreaStore): ((c: Context) => Promise<Response>) => {
  let kept: { readonly version: number; readonly packed: Promise<Packed> } | undefined
  return async (c) => {
    const registry = await read()
    if (kept?.version !== registry.version()) {
      kept = {
        version: registry.version(),
        packed: pack(Buffer.from(JSON.stringify(areasIn(registry))), 'application/json'),
      }
    }
    c.header('Cache-Control', 'no-cache')
    return sendPacked(c, await kept.packed)
  }
}

/** @throws FleetError `usage.invalid` */
const bodyOf = async <Value>(c: Context, schema: z.ZodType<Value>): Promise<Value> => {
  const read = schema.safeParse(await c.req.json().catch(() => undefined))
  if (read.success) return read.data
  const faults = read.error.issues.map(({ path, message }) => [...path, message].join(' '))
  throw new FleetError('usage.invalid', `what is asked can't be used: ${faults.join('; ')}`)
}
