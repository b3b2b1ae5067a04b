import { join } from 'node:path'
import { createFileStore } from '@fleetlake/archive'
import { temporaryFolder } from '@fleetlake/testing'
import { rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { runFleetProcess, runIntoClosedPipe } from '../testing/fleet.ts'
import { makeArchive } from '../testing/make-archive.ts'

test('the table is shown, compacted, shortened and vacuumed by hand, each first dry', async () => {
  const { config, folder } = await makeArchive()
  const fleet = async (...args: string[]): Promise<{ out: string; err: string }> => {
    const { code, out, err } = await runFleetProcess(['table', ...args, '--config', config])
    expect(code, err).toBe(0)
    return { out, err }
  }
  const show = async (): Promise<unknown> => JSON.parse((await fleet('show', '--json')).out)
  const before = {
    version: 1,
    files: 3,
    rows: 3,
    smallFiles: 3,
    smallFileShare: 1,
    oldestDate: '2026-01-05',
    newestDate: '2026-01-05',
    offsets: { 'MOVES_0@2026-01-01T00:00:00Z#0': 42 },
    compactions: 0,
    checkpoint: null,
  }
  expect(await show()).toMatchObject(before)
  expect((await fleet()).out).toMatch(/^version +1\nfiles +3, .*\nsmall +3 \(100 %\) not compacted yet\n/)
  expect(await fleet('compact', '--dry-run')).toEqual({
    out: expect.stringMatching(/^2026-01-05 69y7p {2}3 files, /),
    err: '1 cell of a date would be compacted first\n',
  })
  expect(await show()).toMatchObject(before)
  expect((await fleet('compact')).out).toMatch(/^3 files, .* became 1 file, .*; 1 duplicate left out\n$/)
  expect(await show()).toMatchObject({ version: 2, files: 1, rows: 2, smallFileShare: 0, compactions: 1 })
  expect((await fleet('vacuum', '--grace', '1 s')).err).toBe(
    'deleted 0 files, 0 B, and 0 files of the log; the grace is 2 h 0 min at least\n',
  )
  expect((await fleet('retain')).err).toBe('0 dates dropped\n')
  expect(await fleet('retain', '--retention', '1 d', '--dry-run')).toEqual({
    out: expect.stringMatching(/^2026-01-05 {2}1 file, /),
    err: '1 date would go\n',
  })
  expect((await fleet('retain', '--retention', '1 d')).err).toBe('1 date dropped\n')
  expect(await show()).toMatchObject({ version: 3, files: 0, oldestDate: null })
  expect(await Array.fromAsync(createFileStore(folder).list('date='))).toHaveLength(4)
})

test('columns are listed and added; what is well known needs nothing said, and is nothing else', async () => {
  const { config } = await makeArchive()
  const fleet = (...args: string[]) => runFleetProcess(['table', 'columns', ...args, '--config', config])
  const listed = await fleet()
  expect(listed.out.split('\n').slice(0, 4)).toEqual([
    'name          type          unit     description',
    'vehicle_id    string        –        the vehicle',
    'vehicle_type  string        –        what the vehicle is, such as "bus"',
    'event_time    timestamp     –        when the vehicle was there, UTC',
  ])
  expect(await fleet('add', 'temperature')).toEqual({
    code: 0,
    out: '',
    err: 'temperature was added: double, in °C\n',
  })
  expect(await fleet('add', 'doors', '--type', 'int', '--description', 'doors that are open', '--json')).toEqual({
    code: 0,
    out: '{"name":"doors","type":"int","description":"doors that are open","isNew":true}\n',
    err: '',
  })
  expect((await fleet('add', 'temperature', '--unit', '°C')).err).toBe('temperature is there already: double, in °C\n')
  expect((await fleet()).out.split('\n').slice(8, -1)).toEqual([
    'temperature   double        °C       of the load, or as the device measures it',
    'doors         int           –        doors that are open',
  ])
  const { columns, otherColumns } = JSON.parse((await fleet('--json')).out) as {
    columns: { name: string }[]
    otherColumns: string[]
  }
  expect([columns.length, columns.at(-1), otherColumns]).toEqual([
    9,
    { name: 'doors', type: 'int', unit: null, description: 'doors that are open' },
    [],
  ])
  expect(await fleet('add', 'doors', '--type', 'long')).toMatchObject({
    code: 1,
    err: 'error: "doors" is there already, and is integer, without a unit: take another name\n',
  })
  expect(await fleet('add', 'temperature', '--unit', '°F')).toMatchObject({
    code: 2,
    err: 'error: "temperature" is double, in °C in every table: leave --type and --unit out, or take another name\n',
  })
  expect(await fleet('add', 'wheels')).toMatchObject({ code: 2, err: expect.stringContaining('give its --type') })
  expect(await fleet('add', 'Wheels', '--type', 'int')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is not a name of a measure'),
  })
  expect(await fleet('add', 'wheels', '--type', 'number')).toMatchObject({
    code: 2,
    err: expect.stringContaining('"number" is not one of double, float, long, int, string, boolean'),
  })
})

test('where there is no table, that is said', async () => {
  const config = join(await temporaryFolder(), 'fleet.yaml')
  await writeFile(config, `archive:\n  path: ${config}-nowhere\n`)
  const { code, err } = await runFleetProcess(['table', '--config', config])
  expect(code).toBe(1)
  expect(err).toMatch(/^error: there is no table in /)
})

test('a damaged log is told, and repaired: first dry, then really', async () => {
  const { config, folder } = await makeArchive()
  const fleet = (...args: string[]) => runFleetProcess(['table', ...args, '--config', config])
  expect(await fleet('repair')).toEqual({ code: 0, out: '', err: 'the log is whole: there is nothing to repair\n' })
  const before = (await fleet('show', '--json')).out
  const commit = join(folder, '_delta_log', `${'1'.padStart(20, '0')}.json`)
  await writeFile(commit, '')
  const shown = await fleet()
  expect([shown.code, shown.err]).toEqual([1, expect.stringMatching(/^error: .* is empty/)])
  const dry = await fleet('repair')
  expect(dry).toEqual({
    code: 3,
    out: expect.stringMatching(/^version 1 {2}.*1\.json is empty: taken from its copy\n$/),
    err: 'nothing was changed: stop other programs that write to the table, then add --apply\n',
  })
  expect((await fleet()).code).toBe(1)
  // Without the copy the data files are read for what the commit said.
  await rm(join(folder, '_fleetlake', 'log', `${'1'.padStart(20, '0')}.json`))
  expect((await fleet('repair')).out.match(/^added back {2}date=2026-01-05\/cell=69y7p\//gm)).toHaveLength(3)
  const applied = await fleet('repair', '--apply')
  expect(applied.code, applied.err).toBe(0)
  expect(applied.err).toMatch(
    /^the log is whole again, up to version 1; what was replaced is in .*_fleetlake\/replaced\n$/,
  )
  const { offsets, checkpoint, ...after } = JSON.parse((await fleet('show', '--json')).out)
  expect({ ...after, offsets: { 'MOVES_0@2026-01-01T00:00:00Z#0': 42 }, checkpoint: null }).toEqual(JSON.parse(before))
  expect([offsets, checkpoint.version]).toEqual([{}, 1])
})

test.each([[[]], [['--json']], [['columns']], [['compact', '--dry-run']], [['vacuum', '--dry-run']]])(
  'fleet table %j ends quietly when the reader of its answer has gone',
  async (args) => {
    const { config } = await makeArchive()
    const { code, err } = await runIntoClosedPipe(['table', ...args, '--config', config])
    expect(code).toBe(0)
    expect(err).not.toMatch(/error|EPIPE|at /i)
  },
)

test('an estimate takes the bytes per position of the archive, if there is one', async () => {
  const { config, folder } = await makeArchive()
  const run = (file: string) => runFleetProcess(['estimate', '--measured', '--json', '--config', file])
  const { bytes } = JSON.parse((await runFleetProcess(['table', '--json', '--config', config])).out)
  expect(JSON.parse((await run(config)).out).fleet.bytesPerPosition).toBe(bytes / 3)
  await rm(folder, { recursive: true })
  expect(await run(config)).toMatchObject({ code: 1, err: expect.stringMatching(/^error: there is no table in /) })
})
