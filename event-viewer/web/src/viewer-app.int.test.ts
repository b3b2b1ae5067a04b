import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { createFileStore, openSearchTable, openTable } from '@fleetlake/archive'
import { configSchema } from '@fleetlake/contracts'
import { type Hub, pendingSearchRecords, storeExport, storeSearchAsked } from '@fleetlake/hub'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startMemoryProvisioned } from '../../../shared/hub/src/testing/memory-hub.ts'
import { NOW_MS, SETTINGS, someRows, writeRows } from '../../../shared/archive/src/testing/log-table.ts'
import type { ArchiveSummary } from '../api/archive-summary.ts'
import type { ViewerConfig } from '../api/viewer-config.ts'
import { createArchiveReader } from './archive/archive-reader.ts'
import { createAreaStore } from './areas/area-store.ts'
import { createSearchesReader } from './audit/searches-reader.ts'
import { createCityPack } from './city/city-pack.ts'
import { listen } from './http/listen.ts'
import { createPageImports } from './imports/page-imports.ts'
import { openMapSource } from './map/map-source.ts'
import { openBuiltPage } from './page/built-page.ts'
import { hashInlineScripts } from './page/inline-scripts.ts'
import { createViewerApp } from './viewer-app.ts'

const DOCUMENT = '<!DOCTYPE html><script src="/_nuxt/entry.abc.js"></script><script>window.a = 1</script>'
const SCRIPT = 'console.log("page")'.repeat(200)

const write = async (folder: string, files: Record<string, string | Uint8Array>): Promise<string> => {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

const page = {
  '200.html': DOCUMENT,
  '200.html.gz': gzipSync(DOCUMENT),
  '_nuxt/entry.abc.js': SCRIPT,
  '_nuxt/entry.abc.js.gz': gzipSync(SCRIPT),
  '_nuxt/builds/latest.json': '{"id":"1"}',
  'favicon.ico': 'icon',
}

const HEADER = {
  format: 'fleetlake-city',
  version: 2,
  name: 'Bergen',
  attribution: 'me',
  bounds: [5, 60, 5.1, 60.1],
  districts: ['Sentrum'],
  vehicleTypes: ['car', 'bus'],
  files: { 'network.bin': {}, 'streets.geojson': {}, 'parks.geojson': {} },
}
const STREETS = JSON.stringify({ type: 'FeatureCollection', features: [], pad: 'x'.repeat(5_000) })

interface ViewerOptions {
  readonly settings?: object
  readonly partitions?: readonly number[] | null
  readonly city?: Record<string, string>
  /** None answers when missing. */
  readonly hub?: Promise<Hub>
}

const startViewer = async ({
  settings = {},
  partitions = [0, 1],
  city = {},
  hub = Promise.reject(new Error('there is none')),
}: ViewerOptions = {}) => {
  hub.catch(() => undefined)
  const folder = await temporaryFolder()
  const config = configSchema.parse(settings)
  const pageFolder = await write(join(folder, 'page'), page)
  await write(folder, { 'secret.txt': 'secret' })
  const cityFolder = await write(join(folder, 'city'), city)
  const archiveFolder = join(folder, 'moves')
  const said: string[] = []
  const log = {
    warn: (_: object, line: string) => said.push(line),
    error: (_: object, line: string) => said.push(line),
  }
  const app = createViewerApp({
    version: '1.2.3',
    config,
    page: openBuiltPage(pageFolder),
    city: createCityPack(cityFolder),
    map: await openMapSource(config.viewer, { warn: (line) => said.push(line) }),
    partitions: async () => partitions,
    archive: createArchiveReader(createFileStore(archiveFolder)),
    imports: createPageImports({ config }),
    searches: {
      read: createSearchesReader(createFileStore(join(folder, 'searches')), hub),
    },
    areas: createAreaStore(createFileStore(join(folder, 'registry')), () => undefined),
    log: log as never,
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  /** Read whole, so that no connection is left half used. */
  const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
    const response = await fetch(server.url + path, { headers: { 'Accept-Encoding': 'identity', ...headers } })
    const body = await response.arrayBuffer()
    return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers: response.headers })
  }
  /** The path exactly as it is, without a client that tidies it. */
  const getRaw = (path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      request({ port: server.port, host: '127.0.0.1', path, headers }, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode!, body }), reject)
      })
        .on('error', reject)
        .end()
    })
  return { folder, pageFolder, cityFolder, archiveFolder, server, get, getRaw, said }
}

const withCity = { 'city.json': JSON.stringify(HEADER), 'streets.geojson': STREETS, 'parks.geojson': '{}' }

const head = ({ status, headers }: Response, ...names: string[]): (string | number | null)[] => [
  status,
  ...names.map((name) => headers.get(name)),
]

test('every page is the document, asked for again each time; assets are kept for ever', async () => {
  const { get } = await startViewer()
  for (const path of ['/', '/search', '/replay?from=1', '/archive', '/services', '/messages']) {
    const response = await get(path, { Accept: 'text/html' })
    expect(head(response, 'content-type', 'cache-control')).toEqual([200, 'text/html; charset=utf-8', 'no-cache'])
    expect(await response.text()).toBe(DOCUMENT)
  }
  const script = await get('/_nuxt/entry.abc.js')
  expect(head(script, 'content-type', 'cache-control', 'content-encoding')).toEqual([
    200,
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
    null,
  ])
  expect(await script.text()).toBe(SCRIPT)
  expect(head(await get('/_nuxt/builds/latest.json'), 'cache-control')).toEqual([200, 'no-cache'])
  expect(head(await get('/favicon.ico'), 'cache-control')).toEqual([200, 'no-cache'])
})

test('what was compressed at the build is sent so to those who take it', async () => {
  const { get } = await startViewer()
  for (const [path, content] of [
    ['/_nuxt/entry.abc.js', SCRIPT],
    ['/search', DOCUMENT],
  ]) {
    const response = await get(path, { 'Accept-Encoding': 'gzip, deflate, br' })
    expect(head(response, 'content-encoding', 'vary')).toEqual([200, 'gzip', 'Accept-Encoding'])
    expect(await response.text()).toBe(content)
  }
})

test('what is not there is a 404: the document for a person, a line for a program, and never kept', async () => {
  const { get } = await startViewer()
  for (const path of [
    '/_nuxt/entry.old.js',
    '/nothing.png',
    '/nowhere',
    '/api',
    '/api/nothing',
    '/api/city/x.geojson',
  ]) {
    const response = await get(path)
    expect([path, ...head(response, 'content-type')]).toEqual([path, 404, 'text/plain; charset=UTF-8'])
    expect(response.headers.get('cache-control') ?? 'no-cache').toBe('no-cache')
    expect(await response.text()).toBe(`There is no ${path} here.`)
  }
  const person = await get('/nowhere', { Accept: 'text/html,*/*' })
  expect([person.status, await person.text()]).toEqual([404, DOCUMENT])
  expect((await get('/nowhere.js', { Accept: 'text/html,*/*' })).headers.get('content-type')).toMatch('text/plain')
})

test('nothing outside of the page is served, however it is asked for', async () => {
  const { getRaw } = await startViewer({ city: { ...withCity, 'network.bin': 'graph' } })
  const paths = [
    '/../secret.txt',
    '/_nuxt/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/_nuxt//..//..//secret.txt',
    '/api/city/../../secret.txt',
    '/api/city/..%2f..%2fsecret.geojson',
    '/api/city/network.bin',
    '/api/city/network.geojson',
    '/api/city/city.json',
    '/api/city/streets.geojson%00',
    '/%',
    '/%00',
  ]
  for (const path of paths) {
    const { status, body } = await getRaw(path, { Accept: '*/*' })
    expect([path, status === 404 || status === 400, body === 'secret' || body === 'graph']).toEqual([path, true, false])
  }
})

test('the page may run the scripts that it was built with, and talk to the hub of its own host; nothing else', async () => {
  const { get, getRaw, pageFolder, server } = await startViewer({ settings: { hub: { websocketPort: 9333 } } })
  const { headers } = await get('/')
  expect(headers.get('content-security-policy')!.split('; ')).toEqual([
    "default-src 'self'",
    `script-src 'self' ${hashInlineScripts(DOCUMENT)[0]}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob: ",
    "connect-src 'self' ws://localhost:9333 wss://localhost:9333 ws://127.0.0.1:9333 wss://127.0.0.1:9333 ",

    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ])
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect((await get('/nothing')).headers.get('content-security-policy')).toBe(headers.get('content-security-policy'))
  const policyFor = async (host: string): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>()
    request({ port: server.port, host: '127.0.0.1', path: '/', headers: { Host: host } }, (response) => {
      response.resume()
      resolve(String(response.headers['content-security-policy']))
    }).end()
    return promise
  }
  // What a request says of the host has no part in it.
  for (const host of ['fleet.example.com:8080', '[::1]:3000', 'evil.example.com', 'localhost']) {
    expect(await policyFor(host)).toBe(headers.get('content-security-policy'))
  }
  expect(await policyFor('a;script-src *')).not.toContain('*')
  expect((await getRaw('/')).status).toBe(200)
  // Another build takes its place.
  const next = DOCUMENT.replace('a = 1', 'a = 2')
  await write(pageFolder, { '200.html': next })
  await utimes(join(pageFolder, '200.html'), new Date(), new Date(Date.now() + 5_000))
  expect((await get('/')).headers.get('content-security-policy')).toContain(hashInlineScripts(next)[0])
})

test('the page is told what it needs, and no secret of a service', async () => {
  const settings = {
    hub: {
      url: 'nats://secret-host:4222',
      user: 'secret-user',
      password: 'secret-password',
      dataDir: '/secret/hub',
      websocketPort: 9333,
    },
    archive: { path: '/secret/archive', windowMs: 300_000 },
    generator: { cityDir: '/secret/city' },
    viewer: {
      hubUrl: 'wss://hub.example.com',
      hubUser: 'viewer',
      hubPassword: 'known-to-all',
    },
  }
  const { get } = await startViewer({ settings, city: withCity })
  const response = await get('/api/config')
  expect(head(response, 'cache-control')).toEqual([200, 'no-store'])
  expect(response.headers.get('content-security-policy')).toContain("connect-src 'self' wss://hub.example.com ")
  const body = await response.text()
  expect(body).not.toContain('secret')
  expect(JSON.parse(body) as ViewerConfig).toEqual({
    version: '1.2.3',
    hub: {
      url: 'wss://hub.example.com',
      port: 9333,
      user: 'viewer',
      password: 'known-to-all',
    },
    generation: false,
    imports: false,
    partitions: [0, 1],
    partitioning: { by: 'cell', geohashLength: 5 },
    futureToleranceMs: 60_000,
    map: { style: null, pmtiles: null },
    city: {
      name: 'Bergen',
      attribution: 'me',
      bounds: [5, 60, 5.1, 60.1],
      layers: ['streets', 'parks'],
      districts: ['Sentrum'],
      vehicleTypes: ['car', 'bus'],
    },
    archive: { windowMs: 300_000 },
  })
})

test('a city pack that comes, goes or breaks is seen at the next question', async () => {
  const { get, cityFolder, said } = await startViewer({ partitions: null })
  const cityOf = async (): Promise<string | null> =>
    ((await (await get('/api/config')).json()) as ViewerConfig).city?.name ?? null
  expect(await cityOf()).toBe(null)
  expect((await get('/api/city/streets.geojson')).status).toBe(404)
  await write(cityFolder, withCity)
  expect(await cityOf()).toBe('Bergen')
  await write(cityFolder, { 'city.json': JSON.stringify({ ...HEADER, name: 'Oslo by night' }) })
  expect(await cityOf()).toBe('Oslo by night')
  expect(said).toEqual([])
  await write(cityFolder, { 'city.json': '{' })
  expect(await cityOf()).toBe(null)
  expect(said).toEqual([expect.stringMatching(/^.*city\.json can't be read: build the city pack again/)])
})

test('a layer is compressed once and sent once to a browser that keeps it', async () => {
  const { get } = await startViewer({ city: withCity })
  const first = await get('/api/city/streets.geojson', { 'Accept-Encoding': 'gzip' })
  expect(head(first, 'content-type', 'content-encoding', 'cache-control', 'vary')).toEqual([
    200,
    'application/geo+json',
    'gzip',
    'no-cache',
    'Accept-Encoding',
  ])
  expect(await first.text()).toBe(STREETS)
  const tag = first.headers.get('etag')!
  const again = await get('/api/city/streets.geojson', { 'If-None-Match': tag })
  expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag])
  const plain = await get('/api/city/streets.geojson')
  expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, STREETS])
  expect((await get('/api/city/parks.geojson', { 'If-None-Match': tag })).status).toBe(200)
})

test('the archive is empty while there is no table, and then what is in it', async () => {
  const { get, archiveFolder } = await startViewer()
  const empty = await get('/api/archive')
  expect(await empty.json()).toEqual({
    version: null,
    rows: 0,
    bytes: 0,
    files: 0,
    smallFiles: 0,
    smallBytes: 1_048_576,
    oldest: null,
    newest: null,
    histogram: { from: 0, binMs: 1, rows: [] },
    dates: [],
    measures: [],
    cells: [],
    windows: [],
  })
  const store = createFileStore(archiveFolder)
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  const add = await writeRows(store, someRows(100))
  expect(await table.commit({ parts: [{ add }], operation: 'WRITE' })).toMatchObject({ status: 'committed' })
  const bytes = add[0].size
  const totals = { rows: 100, bytes, files: 1 }
  const summary = await eventually(async () => {
    const body = (await (await get('/api/archive')).json()) as ArchiveSummary
    return body.version === 1 && body
  })
  expect(summary).toEqual({
    version: 1,
    ...totals,
    smallFiles: 1,
    smallBytes: 1_048_576,
    oldest: NOW_MS,
    newest: NOW_MS + 45_000,
    histogram: { from: NOW_MS, binMs: 500, rows: expect.any(Array) },
    dates: [{ date: '2026-11-21', ...totals }],
    measures: [],
    cells: [{ cell: '69y7p', ...totals }],
    windows: [{ from: NOW_MS, to: NOW_MS + 600_000, ...totals, cells: 1 }],
  })
  expect(summary.histogram.rows.reduce((sum, rows) => sum + rows, 0)).toBe(100)
  const response = await get(`/api/archive?from=2026-11-21T10:00:00Z&to=${NOW_MS + 60_000}&bins=6`)
  expect(((await response.json()) as ArchiveSummary).histogram).toMatchObject({ from: NOW_MS, binMs: 10_000 })
  const again = await get(`/api/archive?from=2026-11-21T10:00:00Z&to=${NOW_MS + 60_000}&bins=6`, {
    'If-None-Match': response.headers.get('etag')!,
  })
  expect(again.status).toBe(304)
  const outside = await get(`/api/archive?from=${NOW_MS + 60_000}`)
  expect(await outside.json()).toMatchObject({ rows: 100, dates: [], cells: [], windows: [], histogram: { rows: [] } })
})

test('a bad question about the archive is a 400 that says what is wrong', async () => {
  const { get } = await startViewer()
  const response = await get('/api/archive?from=yesterday&bins=0')
  expect([response.status, await response.text()]).toEqual([
    400,
    'from must be a time such as 2026-01-05T07:00:00Z, or ms since the epoch, and is "yesterday"; ' +
      'bins must be a whole number from 1 to 2000, and is "0"',
  ])
})

test("a table that can't be read is a 503 that says why, here and in the log", async () => {
  const { get, archiveFolder, said } = await startViewer()
  await write(archiveFolder, { '_delta_log/00000000000000000005.json': '{}\n' })
  const response = await get('/api/archive')
  const why =
    'the table is damaged: the log begins at version 5 and has no checkpoint. No version of it is known to be whole; ' +
    'nothing is written to it, and rows stay in their streams. `fleet table repair` shows what can be done'
  expect([response.status, await response.text()]).toEqual([503, why])
  expect(said).toEqual([`/api/archive: ${why}`])
})

test('a configured map is served in parts, or loaded from where it is', async () => {
  const folder = await write(await temporaryFolder(), { 'tiles.pmtiles': '0123456789', 'style.json': '{"sources":{}}' })
  const local = await startViewer({
    settings: { viewer: { mapPmtiles: join(folder, 'tiles.pmtiles'), mapStyle: join(folder, 'style.json') } },
  })
  const { map } = (await (await local.get('/api/config')).json()) as ViewerConfig
  expect(map).toEqual({ style: '/api/map-style.json', pmtiles: '/api/map.pmtiles' })
  const part = await local.get(map.pmtiles!, { Range: 'bytes=2-4' })
  expect([...head(part, 'content-range', 'cache-control'), await part.text()]).toEqual([
    206,
    'bytes 2-4/10',
    'no-cache',
    '234',
  ])
  expect(await (await local.get(map.style!)).json()).toEqual({ sources: {} })

  const tiles = await startViewer({
    settings: {
      viewer: { mapStyle: local.server.url + map.style!, mapPmtiles: 'https://tiles.example.com/a.pmtiles' },
    },
  })
  const remote = await tiles.get('/api/config')
  expect(((await remote.json()) as ViewerConfig).map).toEqual({
    style: local.server.url + map.style!,
    pmtiles: 'https://tiles.example.com/a.pmtiles',
  })
  expect(remote.headers.get('content-security-policy')).toContain(`${local.server.url} https://tiles.example.com`)
})

test('a map file that is not there stops the service with a clear message', async () => {
  await expect(startViewer({ settings: { viewer: { mapPmtiles: '/nowhere/tiles.pmtiles' } } })).rejects.toThrow(
    fault(
      'config.invalid',
      'viewer.mapPmtiles is neither an address (https://…) nor a file that can be read: /nowhere/tiles.pmtiles',
    ),
  )
})

test('the hosts that a style loads from are allowed', async () => {
  const folder = await temporaryFolder()
  const tiles = await startViewer()
  await write(tiles.pageFolder, { 'tiles.json': JSON.stringify({ tiles: ['https://a.example.com/{z}/{x}/{y}.pbf'] }) })
  const style = {
    glyphs: 'https://fonts.example.com/{fontstack}/{range}.pbf',
    sprite: 'https://sprites.example.com/one',
    sources: {
      one: { type: 'vector', url: `${tiles.server.url}/tiles.json`, attribution: 'https://not.example.com' },
      two: { type: 'raster', tiles: ['https://b.example.com/{z}/{x}/{y}.png'] },
      three: { type: 'vector', url: 'pmtiles://https://c.example.com/a.pmtiles' },
      four: { type: 'geojson', data: 'https://d.example.com/a.geojson' },
      five: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
    },
  }
  await write(folder, { 'style.json': JSON.stringify(style) })
  const { get } = await startViewer({ settings: { viewer: { mapStyle: join(folder, 'style.json') } } })
  const [sprites, fonts, ...more] = ['sprites', 'fonts', 'b', 'c', 'd', 'a'].map(
    (name) => `https://${name}.example.com`,
  )
  const origins = [sprites, fonts, tiles.server.url, ...more]
  const expected = `img-src 'self' data: blob: ${origins.join(' ')};`
  await eventually(async () => (await get('/')).headers.get('content-security-policy')!.includes(expected))
})

test('healthz answers', async () => {
  const { get } = await startViewer()
  const response = await get('/healthz')
  expect([response.status, await response.text()]).toEqual([200, 'ok'])
})

test('the recorded searches of the archive and the hub are told to who may see them, and what is missing is said', async () => {
  const { hub } = await startMemoryProvisioned()
  const viewer = await startViewer({ hub: Promise.resolve(hub) })
  const ask = async (query = '', { get } = viewer): Promise<unknown> => (await get(`/api/searches${query}`)).json()
  expect(await ask()).toEqual({ searches: [], isMore: false })
  const search = {
    query: 'q1',
    bounds: { west: -1, south: -2, east: 3, north: 4 },
    corners: 5,
    from: '2026-01-05T08:00:00.000Z',
    to: '2026-01-05T09:00:00.000Z',
    types: 0,
    ids: 0,
  }
  await storeSearchAsked(hub, { ...search, person: 'anna_2eb', endsWithinMs: 1 })
  const table = await openSearchTable(createFileStore(join(viewer.folder, 'searches')), { create: true })
  const [record] = await pendingSearchRecords(hub)
  await table!.append([record], { appId: 'SEARCHES@x#0', from: 0, to: 1, timestampMs: record.at })
  await storeExport(hub, { query: 'q1', person: 'anyone', format: 'csv', rows: 7 })
  const at = expect.any(String)
  const exported = { kind: 'export', at, person: 'anyone', query: 'q1', format: 'csv', rows: 7 }
  const asked = { ...search, kind: 'search', at, person: 'anna.b', exports: 1 }
  expect(await ask()).toEqual({ searches: [exported, asked], isMore: false })
  expect(await ask('?person=anna.b&limit=1')).toEqual({ searches: [asked], isMore: false })
  expect(await ask('?limit=1')).toEqual({ searches: [exported], isMore: true })
  expect(await ask('?to=2026-01-01T00:00:00Z')).toEqual({ searches: [], isMore: false })

  const wrong = await viewer.get('/api/searches?limit=0&day=1')
  expect([wrong.status, await wrong.text()]).toEqual([
    400,
    'limit must be a whole number from 1 to 1000, and is "0"; Unrecognized key: "day"',
  ])
  const elsewhere = [
    { Host: 'rebound.example' },
    { Origin: 'https://other.example' },
    { 'Sec-Fetch-Site': 'cross-site' },
  ]
  const others = await Promise.all(elsewhere.map((headers) => viewer.getRaw('/api/searches', headers)))
  expect(others).toEqual(
    elsewhere.map(() => ({ status: 403, body: 'The searches are for pages of this viewer only.' })),
  )
  expect(await ask('', await startViewer())).toEqual({
    searches: [],
    isMore: false,
    note: 'The hub does not answer: the searches of the last minutes, which are not archived yet, may be missing.',
  })
})
