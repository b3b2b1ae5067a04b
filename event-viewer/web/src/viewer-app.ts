import { basename } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Snapshot } from '@fleetlake/archive'
import { type Config, mayPagesImport, type Right, rightsOf } from '@fleetlake/contracts'
import { codeField, FleetError, reasonOf } from '@fleetlake/core'
import { type Context, Hono } from 'hono'
import { etag } from 'hono/etag'
import type { Log } from '@fleetlake/service'
import type { ViewerPerson } from '../api/viewer-person.ts'
import { createAreaRoutes } from './areas/area-routes.ts'
import type { AreaStore } from './areas/area-store.ts'
import { createArchiveRoute } from './archive/archive-route.ts'
import { createSearchesRoute, type SearchesDeps } from './audit/searches-route.ts'
import type { CityPack } from './city/city-pack.ts'
import { describeViewer } from './describe-viewer.ts'
import { onlyFromOwnPage } from './http/only-from-own-page.ts'
import { sendPacked } from './http/packed.ts'
import { createImportRoutes } from './imports/import-routes.ts'
import type { PageImports } from './imports/page-imports.ts'
import type { AskGateway } from './login/ask-gateway.ts'
import { createForward } from './login/forward.ts'
import { createIdentify } from './login/identify.ts'
import { requireRights } from './login/require-rights.ts'
import type { MapSource } from './map/map-source.ts'
import type { BuiltPage } from './page/built-page.ts'
import { pageHosts } from './page/page-hosts.ts'
import { securePage } from './page/page-policy.ts'
import { missing, servePage } from './page/serve-page.ts'

export interface ViewerDeps {
  readonly version: string
  readonly config: Pick<Config, 'auth' | 'hub' | 'partitioning' | 'archive' | 'collector' | 'viewer' | 'gateway'>
  readonly page: BuiltPage
  readonly city: CityPack
  readonly map: MapSource
  readonly partitions: () => Promise<readonly number[] | null>
  /** The table as it is now; undefined while there is none. */
  readonly archive: () => Promise<Snapshot | undefined>
  readonly imports: PageImports
  /** Undefined where no login is needed. */
  readonly gateway?: AskGateway | undefined
  readonly searches: SearchesDeps
  readonly areas: AreaStore
  readonly log: Pick<Log, 'warn' | 'error'>
}

/** Everything that a browser may ask of the viewer. */
export const createViewerApp = (deps: ViewerDeps): Hono => {
  const { version, config, page, city, map, log } = deps
  const app = new Hono()
  const hosts = pageHosts(config)
  app.use(
    securePage({
      scripts: page.scripts,
      hubUrl: config.viewer.hubUrl,
      websocketPort: config.hub.websocketPort,
      hosts,
      mapOrigins: map.origins,
    }),
  )
  app.onError((error, c) => {
    log.error(codeField(error), `${c.req.path}: ${reasonOf(error)}`)
    return error instanceof FleetError
      ? c.text(error.message, 503)
      : c.text('The viewer failed: its log says why.', 500)
  })
  app.get('/healthz', (c) => c.text('ok'))
  if (deps.gateway !== undefined) app.route('/', createLogin(deps.gateway, log))
  app.get('/api/person', (c) => c.json(describePerson(c), 200, { 'Cache-Control': 'no-store' }))
  app.get('/api/config', async (c) => {
    const [described, partitions] = await Promise.all([
      city.describe().catch((error: unknown) => log.warn(codeField(error), reasonOf(error))),
      deps.partitions(),
    ])
    c.header('Cache-Control', 'no-store')
    return c.json(
      describeViewer({ version, config, city: described ?? undefined, partitions, map, rights: rightsIn(c) }),
    )
  })
  app.get('/api/city/:file{[a-z]+\\.geojson}', etag(), async (c) => {
    const layer = await city.layer(basename(c.req.param('file'), '.geojson'))
    return layer === undefined ? missing(c) : sendPacked(c, layer)
  })
  app.route('/api/imports', createImportRoutes({ imports: deps.imports, isAllowed: mayPagesImport(config), hosts }))
  app.get(
    '/api/archive',
    etag(),
    createArchiveRoute(deps.archive, (c) => c.get('person')?.seesAll !== false),
  )
  app.route('/api/areas', createAreaRoutes({ store: deps.areas, hosts }))
  const ownPage = onlyFromOwnPage({ hosts, refusal: 'The searches are for pages of this viewer only.' })
  app.get('/api/searches', ownPage, createSearchesRoute(deps.searches))
  for (const { path, file } of map.files) {
    app.get(path, serveStatic({ path: file, onFound: (_, c) => c.header('Cache-Control', 'no-cache') }))
  }
  app.all('/api/*', missing)
  app.route('/', servePage(page.folder))
  return app
}

/** A gateway that does not answer is told of once in so long. */
const FAULT_MS = 15_000

/** What has to come before everything that needs a login. */
const createLogin = (ask: AskGateway, log: ViewerDeps['log']): Hono => {
  const identify = createIdentify(ask)
  let saidAtMs = -Infinity
  const onFault = (reason: string): void => {
    if (performance.now() - saidAtMs < FAULT_MS) return
    saidAtMs = performance.now()
    log.warn({}, `the gateway does not answer the viewer (viewer.gatewayUrl): ${reason}`)
  }
  return new Hono()
    .route('/v1', createForward({ ask, onLogin: identify.forget, onFault }))
    .route('/', requireRights({ identify, onFault }))
}

const rightsIn = (c: Context): ReadonlySet<Right> => rightsOf(c.get('person')?.role ?? 'operator')

const describePerson = (c: Context): ViewerPerson => {
  const { account = null, role = null } = c.get('person') ?? {}
  return { account, role, rights: [...rightsIn(c)] }
}
