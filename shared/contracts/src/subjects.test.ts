import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { messages, type MessageDefinition, VIEWER_INBOX } from './messages.ts'
import { parameterNamesOf, PARAMETERS } from './patterns.ts'
import { DEAD_LETTERS, deadLetterStream, moveStream, moveStreamName, partitionOfStream } from './streams.ts'
import { isInbox, liveSubjects, queueGroups, readerNote, subjects, viewerInbox } from './subjects.ts'
import { viewerPermissions } from './viewer-permissions.ts'

/** On the wire these are fixed: programs of several versions, and of others, meet there. */
test('each message has the subject that it always had', () => {
  const { startGeneration, stopGeneration, aggregatePeriodStats, vehicleQuery, vehicleQueryPartition } = subjects
  expect({ startGeneration, stopGeneration, aggregatePeriodStats, vehicleQuery, vehicleQueryPartition }).toEqual({
    startGeneration: 'generation',
    stopGeneration: 'generation.broadcast',
    aggregatePeriodStats: 'stats',
    vehicleQuery: 'query.vehicles',
    vehicleQueryPartition: 'query.vehicles.partitions',
  })
  expect([
    subjects.generatePartition('a1'),
    subjects.generatePartitionStats('u1'),
    subjects.generationProgress('u1'),
    subjects.generationStats('u1'),
    subjects.move(3),
    subjects.move('*'),
    liveSubjects.move(3),
    liveSubjects.move('*'),
    subjects.flush(3),
    subjects.heartbeat('finders', 'u1'),
    subjects.heartbeat('finders', '*'),
    subjects.deadLetter(3),
    subjects.vehicleQueryPartitionResultStats('u1'),
    subjects.vehicleQueryResult('u1'),
    subjects.vehicleQueryProgress('u1'),
    subjects.vehicleQueryResultStats('u1'),
    subjects.vehicleQueryTaken('q1'),
    subjects.vehicleQueryCancel('*'),
    subjects.importStatus('j1'),
    subjects.registryChanged('accounts'),
    subjects.registryChanged('*'),
    readerNote('collectors', 3, 'u1'),
  ]).toEqual([
    'generation.agent.a1',
    'inbox.generator.u1',
    'inbox.viewer.u1',
    'inbox.viewer.u1',
    'commands.move.3',
    'commands.move.*',
    'live.move.3',
    'live.move.*',
    'commands.flush.3',
    'members.finders.u1',
    'members.finders.*',
    'dead-letters.3',
    'inbox.finder.u1',
    'inbox.viewer.u1',
    'inbox.viewer.u1',
    'inbox.viewer.u1',
    'queries.q1.taken',
    'queries.*.cancel',
    'imports.j1',
    'registry.accounts',
    'registry.*',
    'readers.collectors.3.u1',
  ])
  expect(Object.keys(subjects)).toHaveLength(Object.keys(messages).length - 1)
  expect([viewerInbox('u1'), viewerInbox('u1', 'inbox.viewer.a')]).toEqual(['inbox.viewer.u1', 'inbox.viewer.a.u1'])
  expect(viewerInbox('u1')).toBe(subjects.vehicleQueryResult('u1'))
  expect([VIEWER_INBOX, '_INBOX.x', 'commands.move.1'].map((subject) => isInbox(`${subject}.u`))).toEqual([
    true,
    true,
    false,
  ])
})

test('queue groups, streams and the permissions of the page are those that they always were', () => {
  expect(queueGroups).toEqual({
    startGeneration: 'generators',
    vehicleQuery: 'vehicle-finder',
    vehicleQueryPartition: 'vehicle-finder-partitions',
  })
  const options = { maxBytes: 1, duplicateWindowMs: 2, replicas: 3 }
  expect(moveStream(3, options)).toEqual({
    ...options,
    name: 'MOVES_3',
    subjects: ['commands.move.3'],
    maxMessageBytes: 65_536,
    discard: 'new',
    republishTo: 'live.move.3',
  })
  expect(deadLetterStream(options)).toEqual({
    ...options,
    name: 'DEAD_LETTERS',
    subjects: ['dead-letters.*'],
    maxMessageBytes: 262_144,
    discard: 'old',
  })
  expect([DEAD_LETTERS, moveStreamName(12)]).toEqual(['DEAD_LETTERS', 'MOVES_12'])
  expect(['MOVES_12', 'MOVES_', 'MOVES_x', 'DEAD_LETTERS'].map(partitionOfStream)).toEqual([12, ...Array(3)])
  const publish = ['query.vehicles', 'queries.*.taken', 'queries.*.cancel']
  const subscribe = ['generation.runs.*', 'live.move.*', 'imports.*', 'stats', 'inbox.viewer.>', 'members.>']
  expect(viewerPermissions({ generation: false })).toEqual({ publish, subscribe })
  expect(viewerPermissions({ generation: true })).toEqual({
    publish: ['generation', 'generation.broadcast', ...publish],
    subscribe,
  })
})

test('what the document on security says of the page is what its user may', () => {
  const document = readFileSync(new URL('../../../docs/viewer-security.md', import.meta.url), 'utf8')
  const told = (row: string): string[] => {
    const line = document.split('\n').find((each) => each.startsWith(`| ${row} |`)) ?? ''
    return [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code).filter((code) => code !== 'viewer.generation')
  }
  const { publish, subscribe } = viewerPermissions({ generation: true })
  expect(told('publishes').toSorted()).toEqual(publish.toSorted())
  expect(told('listens to').toSorted()).toEqual(subscribe.toSorted())
})

test('every parameter of a pattern has a type and a meaning, and an answer is a message without a subject', () => {
  const definitions: MessageDefinition[] = Object.values(messages)
  const patterns = definitions.flatMap(({ subject = '', stored }) => [
    subject,
    stored?.stream ?? '',
    stored?.repeatedTo ?? '',
  ])
  const names = new Set(patterns.flatMap(parameterNamesOf))
  expect([...names].filter((name) => !(name in PARAMETERS))).toEqual([])
  const answers = definitions.flatMap(({ answer }) => answer ?? [])
  expect(Object.entries(messages).flatMap(([name, one]) => ('subject' in one ? [] : name))).toEqual(answers)
})

/** Checked by the compiler, and never run: a wrong parameter must not compile. */
export const wrongParameters = (): unknown[] => [
  // @ts-expect-error a partition is a number
  subjects.move('3'),
  // @ts-expect-error the group comes first
  subjects.heartbeat('u1', 'finders'),
  // @ts-expect-error a query is missing
  subjects.vehicleQueryTaken(),
  // @ts-expect-error it has no parameters
  subjects.aggregatePeriodStats('u1'),
  // @ts-expect-error it goes to the reply subject
  subjects.flushed,
  // @ts-expect-error it has no queue group
  queueGroups.move,
  // @ts-expect-error no stream repeats it
  liveSubjects.deadLetter(3),
]
