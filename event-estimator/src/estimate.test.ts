import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estimate } from './estimate.ts'
import { type GivenFleet, parseFleet } from './fleet.ts'
import { linesOf, unsureOf } from './lines.ts'
import { notLookedUp, withOwnPrices } from './prices/own-prices.ts'
import type { PriceList } from './prices/price.ts'
import { PRICES } from './prices/price-list.ts'
import { sumOfFiles } from './volume/merge-day.ts'

const of = (fleet: GivenFleet) => estimate(parseFleet(fleet))
const rounded = (values: object): unknown =>
  JSON.parse(JSON.stringify(values, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value)))

test('15,000 vehicles in a city, every 5 s for 7 years, as reckoned by hand', () => {
  const { flow, archive, projections, hub, requests } = of({ vehicles: 15_000 })
  // A cell of 5 characters has 13 bits of longitude and 12 of latitude: 4.892 km × cos 35° by 4.892 km are 19.60 km², and 500 km² are 25.5 of them.
  // 15,000 / 5 s = 3,000/s, × 86,400 = 259.2 M a day, × 365.25 × 7 = 662.7 G.
  // 8 partitions × 1,440 minutes = 11,520 flushes; 2 collectors × 43 bytes × 60 s × 1,500/s = 3.87 MB each.
  expect(rounded(flow)).toEqual({
    eventsPerSecond: 3_000,
    peakEventsPerSecond: 3_000,
    eventsPerDay: 259_200_000,
    events: 662_700_000_000,
    cells: 26,
    flushSeconds: 60,
    flushesPerDay: 11_520,
    bufferBytes: 3_870_000,
  })
  // 26 cells × 1,440 files; 37,440 × 1,500 B + 259.2 M × 8.76 B; 259.2 M × 4.25 B in 26 files a day, of which 26 × 365.25 × 7 stay.
  // 4 commits a minute, and one of the compactor every ten.
  const { merged, reread, rewrites, graceBytes, ...rest } = archive
  expect(rounded(rest)).toEqual({
    cellsPerDay: 26,
    landedFilesPerDay: 37_440,
    rowsPerLandedFile: 6_923,
    landedBytesPerDay: 2_327_000_000,
    filesPerDay: 26,
    rowsPerFile: 9_969_000,
    bytesPerFile: 42_370_000,
    bytesPerDay: 1_102_000_000,
    bytesPerPosition: 4.25,
    files: 66_480,
    bytes: 2_817_000_000_000,
    commitsPerDay: 5_904,
  })
  // 8,640 steps a day, of which 5,904 commits at random leave a share of e^(−5,904/8,640) without any; a row a vehicle and minute, 250/s;
  // 259.2 M × 0.042 B; 250/s × 86,400 × 22.2 B stay for 7 days.
  expect(rounded(projections)).toEqual({
    stepsPerDay: 4_277,
    rowsPerSecond: 250,
    bytesPerDay: 10_890_000,
    graceBytes: 3_357_000_000,
    bytes: 27_830_000_000,
  })
  // 3,000/s × 54 B; kept for a minute and 150 s; 8 partitions of 2 GiB, which are full after 29.5 hours.
  expect(rounded(hub)).toEqual({
    bytesPerPosition: 54,
    bytesPerSecond: 162_000,
    bytes: 34_020_000,
    limitBytes: 17_180_000_000,
    patienceSeconds: 106_000,
  })
  // A merge a window and cell: 144. Each window is merged with what there is, so that a position is rewritten some ten times.
  expect({ merges: sumOfFiles(merged, () => 1), rewrites: Math.round(rewrites) }).toEqual({ merges: 144, rewrites: 10 })
  // Merged files stay for 7 days, and so do those that landed.
  const rereadBytes = sumOfFiles(reread, (bytes) => bytes)
  expect(graceBytes).toBeCloseTo(7 * (archive.landedBytesPerDay + 26 * rereadBytes), 0)
  // 37,440 files + 5,904 commits × 3 + 2 collectors × 1,440 × 12 notes + 3 × 1,000 searches + the merges, of which those beyond 16 MiB take parts;
  // of the projector 4,277 steps × (6 PUT + 3 × 2/8 for merges, 7.5 GET, 3 LIST), 37,440 files × 2 GET, 5,904 commits × 4.3 GET, and 1,440 minutes × (27 GET + 9 LIST).
  expect(rounded(requests)).toEqual({ put: 126_000, get: 334_600, list: 55_170 })
})

test('what it costs on S3, as reckoned by hand', () => {
  const [aws] = of({ vehicles: 15_000 }).costs
  // 730 h × (3 × 0.0816 + 0.10); 3 disks of 34.36 GB × 0.08; requests: 30.44 × (126,000 + 55,170) × 0.005/1,000 + 30.44 × 334,600 × 0.0004/1,000.
  // Storage in month 84: 33.53 GB a month × (3 × 0.023 + 9 × 0.0125 + 72 × 0.004) + 84.5 GB that land and wait × 0.023 + 791 files × 0.03/1,000;
  // presence 84 × 0.331 GB × 0.023, and 3.36 GB that wait.
  expect(rounded({ ...aws, total: undefined, firstMonth: undefined, prices: undefined })).toEqual({
    provider: 'aws',
    name: 'AWS, S3',
    region: 'us-east-1',
    lastMonth: { storage: 18.43, requests: 31.65, machines: 251.7, disks: 8.246, total: 310 },
    perMillion: 0.03852,
  })
  expect(aws.perMillion).toBeCloseTo((aws.total.total / 662_709.6) as number, 6)
})

test('a million vehicles: buffers fill the memory of collectors sooner than a minute where there are two', () => {
  const two = of({ vehicles: 1_000_000, maxAgeMs: 120_000 }).flow
  // 100,000/s × 43 B fill 256 MiB in 62.4 s.
  expect(rounded({ flushSeconds: two.flushSeconds, bufferBytes: two.bufferBytes })).toEqual({
    flushSeconds: 62.43,
    bufferBytes: 268_400_000,
  })
})

test('a million vehicles over a country: what comes to its end first is said, and a shorter geohash helps', () => {
  const fleet = { vehicles: 1_000_000, areaKm2: 357_000, partitions: 32, collectors: 8 }
  const [first, ...others] = of(fleet).limits
  expect([first.what, ...others.map(({ what }) => what)]).toEqual([
    'the table’s files',
    'the compactor (one works at a time)',
    'the streams’ room while the store is away',
  ])
  expect(of({ ...fleet, geohashLength: 4 }).limits[0].load).toBeLessThan(first.load / 5)
})

test('a projector takes by the vehicles whose positions are archived at once, and little by their number', () => {
  const projector = (fleet: GivenFleet): unknown =>
    rounded(of(fleet).machines.services.find(({ service }) => service === 'projector')!)
  // 1,000,000/60 s × 23 µs + 200,000/s × 0.22 µs.
  expect(projector({ vehicles: 1_000_000 })).toMatchObject({ count: 1, cores: 0.4273 })
  // Each position is of another vehicle: 20,000/s × 23.22 µs.
  expect(projector({ vehicles: 2_000_000, intervalMs: 100_000 })).toMatchObject({ count: 1, cores: 0.4644 })
})

test('a few vehicles all over the world leave no more files than positions', () => {
  const { archive, flow } = of({ vehicles: 10, intervalMs: 3_600_000, areaKm2: 510_000_000 })
  // 240 positions a day, nearly each in a cell of its own.
  expect(flow.eventsPerDay).toBe(240)
  expect(archive.filesPerDay).toBeCloseTo(240, 1)
  expect(archive.landedFilesPerDay).toBeCloseTo(240, 1)
})

test('what services of the clouds cost for the same events, as reckoned by hand', () => {
  // 3,000/s × 86,400 × 30.4375 = 7,889.4 M events a month. As records of 5 KB: 40,394 GB × 0.047; 25 in a record: 1,578 GB × 0.047.
  // 3 throughput units × 730 × 0.03 + 7,889.4 × 0.028; a streaming unit × 730 × 0.11.
  expect(of({ vehicles: 15_000 }).alternatives.map(({ usdPerMonth }) => Number(usdPerMonth.toPrecision(4)))).toEqual([
    1_899, 74.16, 7_889, 286.6, 80.3,
  ])
})

/** Those that rest upon prices that were not looked up. */
const markedLines = (fleet: GivenFleet, list: PriceList): string[] =>
  linesOf(estimate(parseFleet(fleet), list), list).flatMap(({ name, isUnsure }) => (isUnsure === true ? [name] : []))

test('a number is marked for the prices that it rests upon, and for no others', () => {
  const known = ['gbMonth', 'moves'].flatMap((what) =>
    ['Standard-IA', 'Glacier Instant Retrieval'].map((tier) => `aws.tiers.${tier}.${what}`),
  )
  const isOfAws = (name: string): boolean => name.startsWith('AWS, S3')
  const city = { vehicles: 15_000 }
  expect(markedLines(city, PRICES).filter(isOfAws)).toEqual([
    'AWS, S3: first month',
    'AWS, S3: last month',
    'AWS, S3: of the last month, storage',
    'AWS, S3: 7 years',
  ])
  const disk = withOwnPrices(PRICES, { 'aws.disk': 0.081 }, 'ours')
  expect(markedLines(city, disk).filter(isOfAws)).toEqual([
    'AWS, S3: last month',
    'AWS, S3: of the last month, storage',
    'AWS, S3: 7 years',
  ])
  // Nothing comes to a later tier.
  expect(markedLines({ ...city, years: 0.25 }, disk).filter(isOfAws)).toEqual([])
  const own = Object.fromEntries([...known, 'aws.disk'].map((name) => [name, 0.0123]))
  expect(markedLines(city, withOwnPrices(PRICES, own, 'ours')).filter(isOfAws)).toEqual([])
})

test('with prices of one’s own for all that a number rests upon nothing is marked, and no other price makes a difference', () => {
  const city = { vehicles: 15_000 }
  const bills = (list: PriceList): unknown =>
    estimate(parseFleet(city), list).costs.map(({ total, lastMonth }) => ({ total, lastMonth }))
  const unsure = unsureOf(of(city), PRICES)
  const own = withOwnPrices(PRICES, Object.fromEntries(unsure.map((name) => [name, 0.0123])), 'ours')
  expect(markedLines(city, own)).toEqual([])
  expect(unsureOf(estimate(parseFleet(city), own), own)).toEqual([])
  const unused = notLookedUp(PRICES).filter((name) => !unsure.includes(name))
  expect(unused).toEqual([
    'azure.tiers.Cool.puts',
    'azure.tiers.Cool.gets',
    'azure.tiers.Cold.puts',
    'azure.tiers.Cold.gets',
    'gcp.tiers.Nearline.puts',
    'gcp.tiers.Nearline.gets',
    'gcp.tiers.Coldline.puts',
    'gcp.tiers.Coldline.gets',
    'services.synapseTb',
    'services.bigQueryTb',
  ])
  const dear = withOwnPrices(PRICES, Object.fromEntries(unused.map((name) => [name, 99])), 'ours')
  expect(bills(dear)).toEqual(bills(PRICES))
})

const fleets = fc.record({
  vehicles: fc.integer({ min: 1, max: 2_000_000 }),
  intervalMs: fc.integer({ min: 1_000, max: 60_000 }),
  drivingShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
  areaKm2: fc.integer({ min: 10, max: 1_000_000 }),
  partitions: fc.integer({ min: 1, max: 64 }),
  collectors: fc.integer({ min: 1, max: 16 }),
  years: fc.integer({ min: 1, max: 10 }),
})

test('bytes are events by bytes, a bill is the sum of its parts, and nothing is negative or not a number', () => {
  fc.assert(
    fc.property(fleets, (given) => {
      const { flow, archive, projections, requests, machines, costs } = of(given)
      expect(archive.bytes).toBeCloseTo(flow.events * archive.bytesPerPosition, -3)
      for (const { firstMonth, lastMonth, total } of costs) {
        for (const bill of [firstMonth, lastMonth, total]) {
          expect(bill.total).toBeCloseTo(bill.storage + bill.requests + bill.machines + bill.disks, 2)
        }
        expect(total.total).toBeGreaterThanOrEqual(firstMonth.total)
      }
      const all = [
        requests.put,
        requests.get,
        requests.list,
        machines.cores,
        archive.files,
        archive.graceBytes,
        ...Object.values(projections),
      ]
      expect(all.every((value) => Number.isFinite(value) && value > 0)).toBe(true)
    }),
  )
})

test('more vehicles make no event, byte or file fewer, and no service of a cloud cheaper', () => {
  fc.assert(
    fc.property(fleets, fc.integer({ min: 1, max: 100_000 }), (given, more) => {
      const [less, many] = [given.vehicles, given.vehicles + more].map((vehicles) => of({ ...given, vehicles }))
      const grows = (all: ReturnType<typeof of>): number[] => [
        all.flow.events,
        all.archive.bytes,
        all.archive.landedFilesPerDay,
        all.projections.rowsPerSecond,
        all.projections.stepsPerDay,
        all.projections.bytes,
        all.machines.memoryBytes,
        all.hub.bytes,
        ...all.alternatives.map(({ usdPerMonth }) => usdPerMonth),
      ]
      const [before, after] = [grows(less), grows(many)]
      for (const [i, value] of after.entries()) expect(value).toBeGreaterThanOrEqual(before[i] * (1 - 1e-9))
    }),
  )
})

test('the largest fleet that may be asked for is reckoned, however few its cells and short its windows', () => {
  const { archive } = of({
    vehicles: 100_000_000,
    cells: 1,
    intervalMs: 100,
    windowMs: 1_000,
    bytesPerPosition: 10_000,
  })
  expect(archive.filesPerDay).toBeGreaterThan(1e9)
  expect(sumOfFiles(archive.merged, () => 1)).toBeGreaterThanOrEqual(archive.filesPerDay)
})

test('what is wrong with a fleet is said', () => {
  expect(() => parseFleet({ vehicles: 0 })).toThrow(/^vehicles must be at least 1$/)
  expect(() => parseFleet({ vehicles: 1, partitions: 65 })).toThrow(/^partitions must be at most 64$/)
  expect(() => parseFleet({ vehicles: 1, colour: 'red' })).toThrow(/colour/)
  expect(() => parseFleet({ vehicles: 1.5 })).toThrow(/^vehicles: .*int/)
  const interval = { name: '--interval', write: (ms: number) => `${ms / 1_000} s` }
  expect(() => parseFleet({ vehicles: 1, intervalMs: 1 }, { intervalMs: interval })).toThrow(
    /^--interval must be at least 0.1 s$/,
  )
  expect(() => parseFleet({ vehicles: 1, drivingShare: 0 })).toThrow(/^drivingShare must be more than 0$/)
})

test('no file of it reads or writes anything', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8'))
  expect(sources.length).toBeGreaterThan(15)
  expect(sources.filter((text) => /from 'node:|fetch\(|Date\.now|Math\.random/.test(text))).toEqual([])
})
