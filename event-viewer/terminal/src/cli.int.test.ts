import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { runFleetProcess, runIntoClosedPipe } from './testing/fleet.ts'

const NOWHERE = 'nats://127.0.0.1:1'

test.each([
  [[], 2, 'Usage: fleet'],
  [['qurey'], 2, "error: unknown command 'qurey' (Did you mean query?)"],
  [['generate', '--vehicls', '3'], 2, "error: unknown option '--vehicls' (Did you mean --vehicles?)"],
  [
    ['generate', '--vehicles', 'many'],
    2,
    "error: option '--vehicles <count>' argument 'many' is invalid. \"many\" is not a whole number",
  ],
  [['generate', '--vehicles', '0'], 2, 'error: --vehicles: '],
  [['generate', '--interval', '1 ms'], 2, 'error: --interval: '],
  [['generate', '--hub', NOWHERE], 1, `error: no hub answers at ${NOWHERE}: start one with \`npm start\``],
  [['query'], 2, 'error: no area is given: use --in <area>, --area <file> or --bbox'],
  [['query', '--bbox', '1,2,3'], 2, 'is not west,south,east,north'],
  [['query', '--bbox', '1,2,3,4', '--from', 'noon'], 2, 'error: --from "noon" is not a time such as'],
  [['query', '--bbox', '1,2,3,4', '--from', 'now', '--to', '-1h'], 2, 'error: --from now is not before --to -1h'],
  [['query', '--area', '{"type":"Polygon"}'], 1, 'error: the polygon'],
  [['query', '--area', 'nowhere.geojson'], 2, "error: --area nowhere.geojson can't be read (ENOENT"],
  [['query', '--bbox', '1,2,3,4', '--format', 'xml'], 2, 'Allowed choices are ndjson, csv, geojson'],
  [['import'], 2, "error: missing required argument 'files'"],
  [['import', 'nowhere.csv'], 2, 'error: there is no file nowhere.csv'],
  [['import', '-', '--timezone', 'Mars/Olympus'], 2, 'error: --timezone "Mars/Olympus" is not a time zone'],
  [['import', '-', '--speed-unit', 'warp'], 2, 'Allowed choices are m/s, km/h, kn, mph'],
  [['stats', '--config', 'nowhere.yaml'], 1, "error: nowhere.yaml can't be read"],
])('fleet %j ends with %i and one line that says what is wrong', async (args, code, message) => {
  const run = await runFleetProcess(args)
  expect(run).toEqual({ code, out: '', err: expect.stringContaining(message) })
  if (args.length > 0) expect(run.err.trim().split('\n')).toHaveLength(1)
})

test('an invalid area is reported with its ring', async () => {
  const area = JSON.stringify({
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  })
  expect(await runFleetProcess(['query', '--area', '-'], area)).toEqual({
    code: 1,
    out: '',
    err: 'error: the polygon, outer ring encloses nothing: rounded to 1e-6 degrees (11 cm), its positions lie on one line\n',
  })
})

test.each(['generate', 'query', 'stats', 'import'])('fleet %s --help shows examples', async (command) => {
  const { code, out, err } = await runFleetProcess([command, '--help'])
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain(`Usage: fleet ${command}`)
  expect(out).toMatch(new RegExp(`Examples:\n  # .*\n  fleet ${command}\\b`))
})

test('a dry run checks a file without a hub, and keeps what it rejects', async () => {
  const folder = await temporaryFolder()
  const [file, rejects] = [join(folder, 'taxi.csv'), join(folder, 'bad.ndjson')]
  // So many that it is clear how the file is to be read.
  const good = 'a,2018-10-01 08:00:00,104.1,30.6\nb,2018-10-01 08:00:10,104.2,30.7\n'.repeat(400)
  const bad = Array.from({ length: 30 }, (_, i) => `c,2018-10-01 08:00:00,${i},x\n`).join('')
  writeFileSync(file, `name_id,timestamp,longitude,latitude\n${good}${bad}`)
  const args = [
    'import',
    file,
    '--timezone',
    'Asia/Shanghai',
    '--dry-run',
    '--json',
    '--hub',
    NOWHERE,
    '--rejects',
    rejects,
  ]
  const { code, out, err } = await runFleetProcess(args)
  const { mappings, stay, ...answer } = JSON.parse(out) as Record<string, unknown>
  expect(mappings).toEqual([expect.objectContaining({ file: 'taxi.csv', format: 'csv' })])
  expect(stay).toMatch(/^rows of 2018-10-01 that are imported today stay until \d{4}-\d\d-\d\d$/)
  expect([code, answer]).toEqual([
    0,
    {
      job: '',
      files: 1,
      filesDone: 1,
      filesFailed: 0,
      doubts: {},
      resumedAfter: null,
      status: 'complete',
      leftOut: [],
      measures: {},
      dryRun: true,
      archived: false,
      rows: 800,
      stored: 0,
      rejected: 30,
      reasons: { 'position-not-a-number': 30 },
      vehicles: 2,
      from: '2018-10-01T00:00:00.000Z',
      to: '2018-10-01T00:00:10.000Z',
      bbox: [104.1, 30.6, 104.2, 30.7],
      ambiguousTimes: 0,
    },
  ])
  const said = err.trim().split('\n')
  expect(said).toHaveLength(21)
  expect(said[0]).toMatch(/^taxi\.csv, line 802: position-not-a-number \(.*\): c,2018-10-01 08:00:00,0,x$/)
  expect(said[20]).toBe(`more rows are rejected; all of them are in ${rejects}`)
  const kept = readFileSync(rejects, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; reason: string })
  expect(kept.map(({ line, reason }) => [line, reason])).toEqual(
    Array.from({ length: 30 }, (_, i) => [i + 802, 'position-not-a-number']),
  )
})

test('a file of which nothing can be taken is a failure', async () => {
  expect((await runFleetProcess(['import', '-', '--dry-run'], 'id,time,lon,lat\na,noon,1,2\n')).code).toBe(1)
  expect((await runFleetProcess(['import', '-', '--dry-run'], 'id,time,lon\na,noon,1\n')).err).toMatch(
    /no field for latitude; the input has "id", "time", "lon"/,
  )
})

test.each([
  [['--help'], ''],
  [['query', '--help'], ''],
  [['--version'], ''],
  [['import', '-', '--dry-run'], 'id,time,lon,lat\na,2018-10-01T08:00:00Z,1,2\n'],
  [['import', '-', '--dry-run', '--json'], 'id,time,lon,lat\na,2018-10-01T08:00:00Z,1,2\n'],
])('fleet %j ends quietly when the reader of its answer has gone', async (args, input) => {
  const { code, err } = await runIntoClosedPipe(args, input)
  expect([code, err.includes('rror')]).toEqual([0, false])
})

test('a disk that is full is told by every command', async () => {
  const main = join(import.meta.dirname, 'main.ts')
  const script = `'${process.execPath}' '${main}' import - --dry-run > /dev/full`
  const full = spawn('bash', ['-c', script], { stdio: ['pipe', 'ignore', 'pipe'] })
  full.stdin.end('id,time,lon,lat\na,2018-10-01T08:00:00Z,1,2\n')
  const [said] = await Promise.all([text(full.stderr), once(full, 'close')])
  expect([full.exitCode, said]).toEqual([1, expect.stringMatching(/^error: standard output can't be written/m)])
})

test('what is only for one format is refused with another', async () => {
  expect(await runFleetProcess(['query', '--bbox', '1,2,3,4', '--format', 'gpx', '--spreadsheet-safe'])).toEqual({
    code: 2,
    out: '',
    err: 'error: --spreadsheet-safe is for CSV, not for gpx\n',
  })
})
