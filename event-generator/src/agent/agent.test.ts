import { generationOptions, type Message, type MessageInput, subjects } from '@fleetlake/contracts'
import { type Hub, joinGroup, type Membership } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { startTestRun, type TestRun } from '../testing/run.ts'

type Stats = Message<'generatePartitionStats'>

const request = (
  run: string,
  options: MessageInput<'startGeneration'>['options'],
  events: number,
): Message<'generatePartition'> => ({
  run,
  options: generationOptions.parse(options),
  startTime: new Date().toISOString(),
  events,
  share: 0,
  agents: 1,
})

/** This test in the part of a coordinator of the only agent there is. */
const coordinate = async ({
  hub,
}: TestRun): Promise<{ membership: Membership; reports: Stats[]; ask(asked: Message<'generatePartition'>): void }> => {
  const membership = joinGroup(hub, { group: 'generators', version: '0', describe: () => ({ memoryBytes: 0 }) })
  await membership.ready
  const agent = await otherMember(hub, membership)
  const reports: Stats[] = []
  const reply = subjects.generatePartitionStats(hub.uid)
  hub.listen('generatePartitionStats', reply, ({ data }) => void reports.push(data))
  return {
    membership,
    reports,
    ask: (asked) => hub.send('generatePartition', subjects.generatePartition(agent), asked, { reply }),
  }
}

const otherMember = (hub: Hub, membership: Membership): Promise<string> =>
  eventually(() => membership.members().find((member) => member !== hub.uid), { what: 'the agent among the members' })

test('a request that comes again is answered with another report, not with another run', async () => {
  await using system = await startTestRun({ generators: 1 })
  const { reports, ask, membership } = await coordinate(system)
  const asked = request('twice', { vehicles: 100, events: 1000 }, 1000)
  ask(asked)
  ask(asked)
  await eventually(() => reports.at(-1)?.status === 'complete')
  const end = reports.at(-1)!
  const heard = reports.length
  ask(asked)
  await eventually(() => reports.length > heard)
  expect(reports.at(-1)).toEqual(end)
  expect(end).toMatchObject({ run: 'twice', share: 0, status: 'complete', events: 1000 })
  await membership.leave()
})

test('an agent whose coordinator is gone stops, since there is no client left to report to', async () => {
  await using system = await startTestRun({ generators: 1 })
  const { reports, ask, membership } = await coordinate(system)
  ask(request('orphan', { vehicles: 100, realTime: true, intervalMs: 1000 }, 1_000_000))
  await eventually(() => reports.some(({ events }) => events > 0))
  await membership.leave()
  await eventually(() => reports.at(-1)?.status !== 'running')
  expect(reports.at(-1)).toMatchObject({ status: 'stopped', error: expect.stringContaining('is gone') })
})

test('a share that is not in order is reported as failed with the reason', async () => {
  await using system = await startTestRun({ generators: 1 })
  const { reports, ask, membership } = await coordinate(system)
  ask({ ...request('no-share', { vehicles: 100 }, 1000), share: 3 })
  await eventually(() => reports.at(-1)?.status === 'failed')
  expect(reports.at(-1)?.error).toMatch(/there is no agent 3 of 1/)
  ask(request('no-city', { vehicles: 100, city: 'Paris' }, 1000))
  await eventually(() => reports.at(-1)?.run === 'no-city' && reports.at(-1)?.status === 'failed')
  expect(reports.at(-1)?.error).toMatch(/has another city: Gridtown/)
  await membership.leave()
})
