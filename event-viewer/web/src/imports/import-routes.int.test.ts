import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { decodePositions, rowsOfPositions } from '@fleetlake/columnar'
import { configSchema, type Message, subjects } from '@fleetlake/contracts'
import { connectHub, type Hub, provision } from '@fleetlake/hub'
import { eventually, startTestHub, temporaryFolder } from '@fleetlake/testing'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import type { ImportChoices, ImportPreview, PageImport } from '../../api/imports.ts'
import { listen } from '../http/listen.ts'
import { createImportRoutes } from './import-routes.ts'
import { createPageImports } from './page-imports.ts'

const LOCAL =
  'name_id,timestamp,lon,lat\na,2026-01-05 08:00:00,1,2\nb,2026-01-05 08:00:05,1,200\na,2026-01-05 08:00:10,1,2\n'

interface Answer {
  readonly status: number
  readonly text: string
  readonly json: unknown
}

interface Asked {
  readonly method?: string
  readonly body?: string | Uint8Array
  readonly headers?: Record<string, string>
}

interface StartOptions {
  readonly isAllowed?: boolean
  /** Of a viewer before. */
  readonly folder?: string
}

/** Routes on a server of their own; a browser's headers can be given, which `fetch` does not let one say. */
const startRoutes = async (settings: object = {}, { isAllowed = true, folder: given }: StartOptions = {}) => {
  const folder = given ?? (await temporaryFolder())
  const config = configSchema.parse({
    partitioning: { count: 2 },
    ...settings,
    viewer: { importDir: folder, ...(settings as { viewer?: object }).viewer },
  })
  const imports = createPageImports({ config })
  const app = new Hono().route(
    '/api/imports',
    createImportRoutes({ imports, isAllowed, hosts: ['localhost', '127.0.0.1'] }),
  )
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  const stop = async (): Promise<void> => {
    await imports.close()
    await server.close()
  }
  onTestFinished(stop)
  const ask = (path: string, { method = 'GET', body, headers = {} }: Asked = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(`${server.url}/api/imports${path}`, { method, headers }, (answer) => {
        text(answer).then((told) => {
          const isJson = answer.headers['content-type']?.startsWith('application/json') === true
          resolve({ status: answer.statusCode!, text: told, json: isJson ? JSON.parse(told) : undefined })
        }, reject)
      })
      sent.on('error', reject).end(body)
    })
  const stateOf = async (id: string): Promise<PageImport> =>
    ((await ask('')).json as PageImport[]).find((each) => each.id === id)!
  return {
    ask,
    stop,
    folder,
    imports,
    stateOf,
    create: async (): Promise<string> => ((await ask('', { method: 'POST' })).json as PageImport).id,
    send: (id: string, name: string, body: string | Uint8Array): Promise<Answer> =>
      ask(`/${id}/files/${encodeURIComponent(name)}`, { method: 'PUT', body }),
    preview: async (id: string, choices: ImportChoices): Promise<ImportPreview> =>
      (await ask(`/${id}/preview`, { method: 'POST', body: JSON.stringify(choices) })).json as ImportPreview,
    start: (id: string, choices: ImportChoices): Promise<Answer> =>
      ask(`/${id}/start`, { method: 'POST', body: JSON.stringify(choices) }),
    ended: async (id: string): Promise<PageImport> => {
      await eventually(async () => (await stateOf(id)).phase === 'ended')
      return stateOf(id)
    },
  }
}

interface TestHub {
  readonly hub: Hub
  readonly url: string
  readonly ids: string[]
  readonly statuses: Message<'importStatus'>[]
}

/** A hub with a collector's answers, and what it has heard. */
const startHub = async (): Promise<TestHub> => {
  const server = await startTestHub()
  const hub = await connectHub({ url: server.url, service: 'test' })
  onTestFinished(async () => {
    await hub.close()
    await server.stop()
  })
  await provision(
    hub,
    configSchema.parse({
      hub: { maxBytesPerPartition: '64 MiB', maxBytesDeadLetters: '1 MiB' },
      partitioning: { count: 2 },
    }),
  )
  const ids: string[] = []
  const statuses: Message<'importStatus'>[] = []
  hub.listen('move', 'live.move.*', ({ data }) => {
    ids.push(...rowsOfPositions(decodePositions(data)!).map(({ vehicleId, eventTime }) => `${vehicleId} ${eventTime}`))
  })
  hub.listen('importStatus', subjects.importStatus('*'), ({ data }) => void statuses.push(data))
  hub.listen('flush', 'commands.flush.*', ({ data, reply }) =>
    hub.send('flushed', reply!, { committed: data.sequence }),
  )
  await hub.flush()
  return { hub, url: server.url, ids, statuses }
}

test('a file is sent, asked about, imported, and told of on the hub; its refused rows are there to download', async () => {
  const { url, ids, statuses } = await startHub()
  const { create, send, preview, start, ended, ask, folder, stateOf } = await startRoutes({ hub: { url } })
  const id = await create()
  const sent = { name: 'a trip.csv', bytes: LOCAL.length }
  expect([(await send(id, 'a trip.csv', LOCAL)).json, await stateOf(id)]).toMatchObject([
    sent,
    { phase: 'open', files: [sent] },
  ])
  const asked = await preview(id, {})
  expect(asked.mapping).toBe(undefined)
  expect(asked.question).toMatch(/^a trip\.csv: .*--timezone/s)
  expect(asked.fields).toEqual(['name_id', 'timestamp', 'lon', 'lat'])
  const choices = { timezone: 'Asia/Shanghai', columns: { vehicle_id: 'name_id' } }
  const { mapping, question } = await preview(id, choices)
  expect(question).toBe(undefined)
  expect(mapping).toMatchObject({ file: 'a trip.csv', format: 'csv', leftOut: [] })
  expect(mapping!.columns.map(({ name, fields }) => `${name} ${fields.join('+')}`)).toEqual([
    'vehicle_id name_id',
    'event_time timestamp',
    'longitude lon',
    'latitude lat',
  ])
  expect(mapping!.first[0]).toMatchObject({ vehicle_id: 'a', event_time: '2026-01-05T00:00:00.000Z' })
  expect((await start(id, choices)).status).toBe(202)
  const end = await ended(id)
  const period = { from: '2026-01-05T00:00:00.000Z', to: '2026-01-05T00:00:10.000Z' }
  expect(end).toMatchObject({
    phase: 'ended',
    choices,
    refused: 1,
    refusedKept: 1,
    outcome: { status: 'complete', period },
  })
  expect(end.outcome!.text).toMatch(/^2 rows imported, all of them archived\n/)
  expect(end.said.join('\n')).toContain('event_time ← "timestamp"')
  expect(ids.toSorted()).toEqual(['a 1767571200000', 'a 1767571210000'])
  expect(statuses.findLast(({ job }) => job === end.job)).toMatchObject({
    name: 'a trip.csv',
    status: 'complete',
    rows: 2,
    refused: 1,
  })
  expect(JSON.parse((await ask(`/${id}/refused`)).text)).toMatchObject({
    file: 'a trip.csv',
    line: 3,
    reason: 'off-the-globe',
  })
  // The files go when they are imported, the refused rows with the import.
  const own = readdirSync(folder).find((name) => name.startsWith('viewer-'))
  expect(readdirSync(join(folder, own!, id))).toEqual(['import.json', 'refused.ndjson'])
  expect((await ask(`/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect([readdirSync(join(folder, own!)), await stateOf(id)]).toEqual([[], undefined])
})

const manyRows = (rows: number): string =>
  `id,time,lon,lat\n${Array.from({ length: rows }, (_, i) => `v${i},${1_767_571_200 + i},${(i % 90) + 0.5},${(i % 45) + 0.5}`).join('\n')}\n`

/** So many, and so many that are refused: `where` is no longitude. */
const someRefused = (rows: number): { body: string; refused: number } => {
  const lines = manyRows(rows).split('\n')
  for (let i = 500; i <= rows; i += 1_000)
    lines[i] = lines[i].replace(/,[^,]*,/, (found) => found.replace(/[^,]+,$/, 'where,'))
  return { body: lines.join('\n'), refused: Math.floor((rows + 500) / 1_000) }
}

const childrenOf = (pid: number): number[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('import-process'))
    .map((line) => Number.parseInt(line, 10))

test('an import whose process is killed has failed; the same file, sent again, goes on, every row is stored once, and those that both runs refused are told, listed and counted', async () => {
  const { url, ids } = await startHub()
  const { create, send, start, ended, stateOf, ask } = await startRoutes({ hub: { url } })
  const all = 400_000
  const { body, refused } = someRefused(all)
  const rows = all - refused
  const first = await create()
  await send(first, 'rows.csv', body)
  await start(first, {})
  await eventually(() => ids.length > 0)
  const [pid] = childrenOf(process.pid)
  process.kill(pid!, 'SIGKILL')
  expect((await ended(first)).outcome).toEqual({
    status: 'failed',
    text: 'the process that reads the files has crashed (SIGKILL)',
  })
  const again = await create()
  await send(again, 'rows.csv', body)
  await start(again, {})
  const end = await ended(again)
  expect(end.outcome).toMatchObject({ status: 'complete' })
  expect(end.job).toBe((await stateOf(first)).job)
  expect(new Set(ids).size).toBe(rows)
  const listed = (await ask(`/${again}/refused`)).text.trimEnd().split('\n')
  expect([end.refused, end.refusedKept, listed.length, new Set(listed).size]).toEqual(Array(4).fill(refused))
  expect(end.outcome!.text).toContain(`\n${refused} rows rejected: `)
})

test('an import of three files that is stopped says what is stored, and how many of how many were read', async () => {
  const { url, ids } = await startHub()
  const { create, send, start, ended, ask } = await startRoutes({ hub: { url } })
  const id = await create()
  await send(id, 'a.csv', manyRows(10))
  await send(id, 'b.csv', manyRows(400_000))
  await send(id, 'c.csv', manyRows(400_000))
  await start(id, {})
  await eventually(() => ids.length > 0)
  expect((await ask(`/${id}`, { method: 'DELETE' })).text).toBe('this import is running: stop it first')
  expect((await ask(`/${id}/stop`, { method: 'POST' })).status).toBe(202)
  const { outcome } = await ended(id)
  expect(outcome!.status).toBe('stopped')
  expect(outcome!.text).toContain('the same import, made again, goes on behind what is surely stored')
  expect(outcome!.text).toMatch(/\n[12] of 3 files read\n/)
})

test('a file is taken out before the import starts, and its room is free; files of folders have their paths', async () => {
  const { create, send, ask, folder, stateOf, preview } = await startRoutes({ viewer: { importBytes: 200 } })
  const id = await create()
  const names = async (): Promise<string[]> => (await stateOf(id)).files.map(({ name }) => name)
  expect((await send(id, 'trips/van 1/a.csv', LOCAL)).status).toBe(200)
  expect((await send(id, 'trips/b.csv', 'x'.repeat(50))).status).toBe(200)
  expect((await send(id, 'c.csv', 'x'.repeat(100))).status).toBe(400)
  expect((await send(id, 'trips', 'x')).text).toBe('trips is in the way of another file or folder: rename one')
  expect((await send(id, 'trips/b.csv/x', 'x')).text).toBe(
    'trips/b.csv/x is in the way of another file or folder: rename one',
  )
  const drop = (name: string): Promise<Answer> => ask(`/${id}/files/${encodeURIComponent(name)}`, { method: 'DELETE' })
  expect([(await drop('trips/b.csv')).status, await names()]).toEqual([204, ['trips/van 1/a.csv']])
  expect((await drop('trips/b.csv')).text).toBe('there is no file trips/b.csv in this import')
  const choices = { timezone: 'UTC', columns: { vehicle_id: 'name_id' }, vehicleIdFrom: '{parent}' }
  expect((await preview(id, { timezone: 'UTC', vehicleIdFrom: '{parent}' })).mapping!.first[0]).toMatchObject({
    vehicle_id: 'van 1',
  })
  expect((await preview(id, choices)).mapping!.file).toBe('trips/van 1/a.csv')
  await drop('trips/van 1/a.csv')
  // Nor do its folders stand in the way of a file.
  expect((await send(id, 'trips', 'x'.repeat(180))).status).toBe(200)
  const [own] = readdirSync(folder)
  expect([await names(), readdirSync(join(folder, own!, id, 'files'))]).toEqual([['trips'], ['trips']])
})

test('the next viewer knows the imports of the one before: what had ended, what was open, and what it interrupted, which goes on', async () => {
  const { url, ids } = await startHub()
  const first = await startRoutes({ hub: { url } })
  const done = await first.create()
  await first.send(done, 'done.csv', LOCAL)
  const choices = { timezone: 'UTC', columns: { vehicle_id: 'name_id' } }
  await first.start(done, choices)
  await first.ended(done)
  const open = await first.create()
  await first.send(open, 'folder/open.csv', LOCAL)
  await first.preview(open, choices)
  const running = await first.create()
  const { body, refused } = someRefused(400_000)
  await first.send(running, 'rows.csv', body)
  await first.start(running, {})
  const before = ids.length
  await eventually(() => ids.length > before)
  await first.stop()

  const second = await startRoutes({ hub: { url } }, { folder: first.folder })
  const list = (await second.ask('')).json as PageImport[]
  expect(list).toMatchObject([
    { id: running, phase: 'interrupted', files: [{ name: 'rows.csv', bytes: body.length }] },
    { id: open, phase: 'open', choices, files: [{ name: 'folder/open.csv', bytes: LOCAL.length }] },
    { id: done, phase: 'ended', refused: 1, outcome: { status: 'complete' } },
  ])
  expect(JSON.parse((await second.ask(`/${done}/refused`)).text)).toMatchObject({ file: 'done.csv', line: 3 })
  expect((await second.preview(open, choices)).mapping!.file).toBe('folder/open.csv')
  await second.start(running, {})
  const end = await second.ended(running)
  const taken = ids.filter((id) => /^v\d/.test(id))
  expect([end.outcome!.status, end.refused, taken.length, new Set(taken).size]).toEqual([
    'complete',
    refused,
    400_000 - refused,
    400_000 - refused,
  ])
  await second.stop()
  const third = await startRoutes({ hub: { url } }, { folder: first.folder })
  expect(((await third.ask('')).json as PageImport[]).map(({ phase }) => phase)).toEqual(['ended', 'open', 'ended'])
})

test('what a viewer interrupted and whose files are gone has ended, and says what to do', async () => {
  const { url, ids } = await startHub()
  const first = await startRoutes({ hub: { url } })
  const id = await first.create()
  await first.send(id, 'rows.csv', manyRows(400_000))
  await first.start(id, {})
  await eventually(() => ids.length > 0)
  await first.stop()
  const own = readdirSync(first.folder).find((name) => name.startsWith('viewer-'))
  rmSync(join(first.folder, own!, id, 'files', 'rows.csv'))
  const second = await startRoutes({ hub: { url } }, { folder: first.folder })
  const { phase, outcome, files } = await second.stateOf(id)
  expect([phase, outcome!.status, files[0].name]).toEqual(['ended', 'stopped', 'rows.csv'])
  expect(outcome!.text).toContain('the same files, sent again, go on behind what is surely stored')
})

test('what can not be is refused with a sentence, and leaves nothing', async () => {
  const { create, send, ask, start, folder, preview } = await startRoutes({ viewer: { importBytes: 1000 } })
  const id = await create()
  const refusals = [
    await start(id, {}),
    await send(id, '.hidden', 'x'),
    await send(id, '../up', 'x'),
    await send(id, 'a//b', 'x'),
    await send(id, '-', 'x'),
    await send(id, 'x'.repeat(256), 'x'),
    await send(id, 'large.csv', 'x'.repeat(20_000_000)),
    await ask(`/${id}/start`, { method: 'POST', body: '{"timezon":"UTC"}' }),
    await ask(`/${id}/start`, { method: 'POST', body: 'no json' }),
  ]
  expect(refusals.map(({ status }) => status)).toEqual(refusals.map(() => 400))
  const name =
    'the name of the file, and of each folder before it, has to be 1 to 255 characters without \\, and not begin with a dot; all together 1000 at most'
  expect(refusals.map((refusal) => refusal.text)).toEqual([
    'there is no file in this import: send one first',
    name,
    name,
    name,
    name,
    name,
    'files that pages have sent may have 1000 B together (viewer.importBytes): discard an import, or use `fleet import` in a terminal',
    'what is said of the files can\'t be used: Unrecognized key: "timezon"',
    'what is said of the files has to be JSON: {} for nothing',
  ])
  // The room of what was refused is free again.
  expect((await send(id, 'a.csv', 'x'.repeat(900))).status).toBe(200)
  expect((await send(id, 'a.csv', 'x')).text).toBe('there are two files with the name a.csv: rename one')
  expect((await preview(id, {}))?.question ?? '').not.toBe(undefined)
  const [own] = readdirSync(folder)
  expect(readdirSync(join(folder, own!, id, 'files'))).toEqual(['a.csv'])
  expect(await ask('/none/start', { method: 'POST', body: '{}' })).toMatchObject({
    status: 404,
    text: 'this import is not known any more: send the files again',
  })
  expect((await ask(`/${id}/start`, { method: 'POST', body: `{"path":"${'x'.repeat(70_000)}"}` })).status).toBe(413)
})

test('an upload that is broken off leaves nothing', async () => {
  const { create, ask, folder, stateOf, imports } = await startRoutes()
  const id = await create()
  let fail: (error: Error) => void = () => undefined
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new Uint8Array(100))
      fail = (error) => controller.error(error)
    },
  })
  const sent = imports.upload(id, 'a.csv', body)
  expect((await ask(`/${id}/start`, { method: 'POST', body: '{}' })).text).toBe(
    'files are still being sent: wait until all are there',
  )
  fail(new Error('gone'))
  await expect(sent).rejects.toThrow('gone')
  const [own] = readdirSync(folder)
  expect([readdirSync(join(folder, own!, id, 'files')), (await stateOf(id)).files]).toEqual([[], []])
})

test('only pages of this viewer may import, and only where it is allowed', async () => {
  const { ask } = await startRoutes()
  const post = async (headers: Record<string, string>): Promise<number> =>
    (await ask('', { method: 'POST', headers })).status
  expect([
    await post({ Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-origin' }),
    await post({}),
    await post({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }),
    await post({ Origin: 'http://127.0.0.1:9999', 'Sec-Fetch-Site': 'same-site' }),
    await post({ Origin: 'https://evil.example' }),
    await post({ Origin: 'null' }),
    // A name of others that is pointed at this machine.
    await post({ Host: 'evil.example', Origin: 'http://evil.example', 'Sec-Fetch-Site': 'same-origin' }),
    (await ask('', { headers: { Host: 'evil.example' } })).status,
  ]).toEqual([201, 201, 403, 403, 403, 403, 403, 403])
  const closed = await startRoutes({}, { isAllowed: false })
  expect(await closed.ask('', { method: 'POST' })).toMatchObject({
    status: 403,
    text: 'Importing is switched off for pages. The operator of the viewer can allow it with viewer.imports.',
  })
})

test('what viewers that are gone have left and is no import is removed, what others have is not', async () => {
  const { folder, create } = await startRoutes()
  const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
  for (const name of [`viewer-${gone}`, `viewer-${process.ppid}`, 'records']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'file'), '')
  }
  await create()
  expect([gone, process.ppid].map((pid) => existsSync(join(folder, `viewer-${pid}`)))).toEqual([false, true])
  expect(existsSync(join(folder, 'records', 'file'))).toBe(true)
})
