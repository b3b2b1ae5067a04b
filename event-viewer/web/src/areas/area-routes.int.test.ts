import { createMemoryStore } from '@fleetlake/archive'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createAreaRoutes } from './area-routes.ts'
import { createAreaStore } from './area-store.ts'

const square = (west: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, 0],
      [west + 1, 0],
      [west + 1, 1],
      [west, 1],
      [west, 0],
    ],
  ],
})

const createApp = (store = createMemoryStore()) => {
  const app = new Hono().route(
    '/api/areas',
    createAreaRoutes({ store: createAreaStore(store, () => undefined), hosts: ['localhost'] }),
  )
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await app.request(`http://localhost/api/areas${path}`, {
      method,
      headers: { Host: 'localhost', 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('Content-Type')?.includes('json') === true
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text, headers: response.headers }
  }
  return { ask }
}

test('an area is added, renamed, redrawn and removed, and every page is told what there is', async () => {
  const store = createMemoryStore()
  const [{ ask }, other] = [createApp(store), createApp(store)]
  expect((await ask('GET', '')).body).toEqual({ areas: [] })
  const added = await ask('POST', '', { name: ' Harbour  east', geometry: square(0) })
  const area = {
    id: expect.stringMatching(/^area-[a-z2-7]{10}$/),
    version: 1,
    name: 'Harbour east',
    geometry: square(0),
  }
  expect([added.status, added.body]).toEqual([201, area])
  const { id } = added.body as { id: string }
  expect((await ask('PATCH', `/${id}`, { version: 1, name: 'Harbour' })).body).toEqual({
    ...area,
    version: 2,
    name: 'Harbour',
  })
  expect((await other.ask('PATCH', `/${id}`, { version: 2, geometry: square(4) })).body).toMatchObject({
    version: 3,
    geometry: square(4),
  })
  const listed = await ask('GET', '')
  expect(listed.body).toEqual({ areas: [{ ...area, version: 3, name: 'Harbour', geometry: square(4) }] })
  const etag = listed.headers.get('ETag')!
  expect((await ask('GET', '', undefined, { 'If-None-Match': etag })).status).toBe(304)
  expect((await ask('DELETE', `/${id}?version=3`)).status).toBe(200)
  expect((await other.ask('GET', '')).body).toEqual({ areas: [] })
})

test('what is refused says why: a version that is old, a name that is taken, a polygon that is none, another page', async () => {
  const { ask } = createApp()
  const { body } = await ask('POST', '', { name: 'Harbour', geometry: square(0) })
  const { id } = body as { id: string }
  await ask('PATCH', `/${id}`, { version: 1, name: 'Harbor' })
  const answers = [
    await ask('PATCH', `/${id}`, { version: 1, name: 'Port' }),
    await ask('DELETE', `/${id}?version=1`),
    await ask('DELETE', `/${id}`),
    await ask('POST', '', { name: 'HARBOR', geometry: square(2) }),
    await ask('POST', '', { name: 'Point', geometry: { type: 'Point', coordinates: [0, 0] } }),
    await ask('PATCH', `/${id}`, { version: 2 }),
    await ask('POST', '', 'x'.repeat(2_000_000)),
    await ask('POST', '', { name: 'x', geometry: square(0) }, { Origin: 'https://elsewhere.example' }),
    await ask('GET', '', undefined, { Host: 'elsewhere.example' }),
  ]
  expect(answers.map(({ status, body: said }) => [status, said])).toEqual([
    [409, expect.stringMatching(/^areas area-[a-z2-7]{10} was changed by anyone at .*: look at it and try again$/)],
    [409, expect.stringMatching(/^areas area-[a-z2-7]{10} was changed by anyone at .*: look at it and try again$/)],
    [400, 'say which version was seen, as in ?version=1'],
    [400, 'the area: there is an area "Harbor" already'],
    [400, 'the area: the area is of type "Point"; a Polygon or a MultiPolygon is needed'],
    [400, "what is asked can't be used: either a name or a geometry has to be there"],
    [413, 'An area may take 1048576 bytes.'],
    [403, 'The areas are for pages of this viewer only.'],
    [403, 'The areas are for pages of this viewer only.'],
  ])
})
