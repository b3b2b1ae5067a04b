import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { runFleetProcess } from '../testing/fleet.ts'

test('an estimate is a table whose marks are explained, CSV, or JSON', async () => {
  const table = await runFleetProcess(['estimate', '--vehicles', '15k'])
  expect({ code: table.code, err: table.err }).toEqual({ code: 0, err: '' })
  expect(table.out).toMatch(/^events +over a day +3,000\/s\n/)
  expect(table.out).toMatch(/\n +size after 7 years +2\.6 TiB\n/)
  expect(table.out).toMatch(/\ncost +AWS, S3: first month +\$294 \*\n/)
  expect(table.out).toMatch(/\nnothing comes near its limit\n/)
  expect(table.out).toMatch(/\n\* rests on prices that were not looked up: aws\.tiers\.Standard-IA\.moves, .*\n$/)
  const csv = await runFleetProcess(['estimate', '--vehicles', '15k', '--format', 'csv'])
  expect(csv.out.split('\n').slice(0, 2)).toEqual([
    'part,name,value,unit,rests on prices not looked up',
    'events,over a day,3000,events/s,false',
  ])
  const json = JSON.parse((await runFleetProcess(['estimate', '--vehicles', '15k', '--json'])).out)
  expect(json).toMatchObject({ fleet: { vehicles: 15_000, years: 7 }, flow: { eventsPerSecond: 3_000 } })
})

test('prices of one’s own take the place of those of the list', async () => {
  const file = join(await temporaryFolder(), 'ours.yaml')
  await writeFile(file, 'aws.node: 0\naws.cluster: 0\naws.disk: 0\n')
  const { out } = await runFleetProcess(['estimate', '--vehicles', '15k', '--prices', file, '--json'])
  expect(JSON.parse(out).costs[0].firstMonth).toMatchObject({ machines: 0, disks: 0 })
  const listed = await runFleetProcess(['estimate', '--prices', file, '--list-prices'])
  expect(listed.out).not.toMatch(/^aws\.node/m)
  expect(listed.out).toMatch(/^azure\.cluster: 0\.1 {2}# hour of AKS, standard tier; not looked up$/m)
})

test('what is wrong is said with what to do', async () => {
  const run = async (...args: string[]) => {
    const { code, err } = await runFleetProcess(['estimate', ...args])
    return { code, err }
  }
  expect(await run('--partitions', '99')).toEqual({
    code: 2,
    err: 'error: --partitions must be at most 64\n',
  })
  expect((await run('--interval', '1 ms')).err).toBe('error: --interval must be at least 100 ms\n')
  expect((await run('--max-age', '2 h')).err).toBe('error: --max-age must be at most 1 h 0 min\n')
  expect(await run('--prices', '/none.yaml')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^error: the prices in \/none\.yaml can't be read: /),
  })
  expect((await run('--vehicles', 'many')).err).toMatch(/a whole number such as 1500/)
})
