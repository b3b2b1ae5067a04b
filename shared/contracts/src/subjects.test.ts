import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { messages, type MessageDefinition } from './messages.ts'
import { parameterNamesOf, PARAMETERS } from './patterns.ts'
import {
  DEAD_LETTERS,
  deadLetterStream,
  moveStream,
  moveStreamName,
  partitionOfStream,
  searchStream,
} from './streams.ts'
import { rightsOfAnyone } from './page-rights.ts'
import { personPermissions } from './people/person-permissions.ts'
import { ANYONE } from './people/person-token.ts'
import { rightsOf } from './people/rights.ts'
import { isInboxOf, liveSubjects, personIn, personInbox, queueGroups, readerNote, subjects } from './subjects.ts'

/** On the wire these are fixed: programs of several versions, and of others, meet there. */
test('each message has the subject that it always had', () => {
  const { aggregatePeriodStats, vehicleQueryPartition } = subjects
  expect({ aggregatePeriodStats, vehicleQueryPartition }).toEqual({
    aggregatePeriodStats: 'stats',
    vehicleQueryPartition: 'query.partitions',
  })
  expect([
    subjects.startGeneration('anna'),
    subjects.stopGeneration('*'),
    subjects.vehicleQuery('anna'),
    subjects.latestQuery('anna'),
    subjects.generatePartition('a1'),
    subjects.generatePartitionStats('u1'),
    subjects.generationProgress('anna', 'u1'),
    subjects.generationStats('anna', 'u1'),
    subjects.move(3),
    subjects.move('*'),
    liveSubjects.move(3),
    liveSubjects.move('*'),
    subjects.flush(3),
    subjects.heartbeat('finders', 'u1'),
    subjects.heartbeat('finders', '*'),
    subjects.deadLetter(3),
    subjects.vehicleQueryPartitionResultStats('u1'),
    subjects.vehicleQueryResult('anna', 'u1'),
    subjects.vehicleQueryProgress('anna', 'u1'),
    subjects.vehicleQueryResultStats('anna', 'u1'),
    subjects.vehicleQueryTaken('anna', 'q1'),
    subjects.vehicleQueryCancel('*', '*'),
    subjects.importStatus('j1'),
    subjects.registryChanged('accounts'),
    subjects.registryChanged('*'),
    subjects.searchAsked,
    subjects.searchEnded,
    subjects.recordExport('anna'),
    subjects.areaQuery('anna'),
    subjects.areaAnswer('anna', 'u1'),
    readerNote('collectors', 3, 'u1'),
  ]).toEqual([
    'generation.start.anna',
    'generation.stop.*',
    'query.vehicles.anna',
    'query.latest.anna',
    'generation.agent.a1',
    'service-inbox.generator.u1',
    'inbox.anna.u1',
    'inbox.anna.u1',
    'commands.move.3',
    'commands.move.*',
    'live.move.3',
    'live.move.*',
    'commands.flush.3',
    'members.finders.u1',
    'members.finders.*',
    'dead-letters.3',
    'service-inbox.finder.u1',
    'inbox.anna.u1',
    'inbox.anna.u1',
    'inbox.anna.u1',
    'queries.anna.q1.taken',
    'queries.*.*.cancel',
    'imports.j1',
    'registry.accounts',
    'registry.*',
    'searches.asked',
    'searches.ended',
    'query.exports.anna',
    'query.areas.anna',
    'inbox.anna.u1',
    'readers.collectors.3.u1',
  ])
  expect(Object.keys(subjects)).toHaveLength(Object.keys(messages).length - 1)
  expect(personInbox('anna', 'u1')).toBe(subjects.vehicleQueryResult('anna', 'u1'))
})

test('answers go to an inbox: to that of the person who has asked, or else to a service', () => {
  expect([
    personIn('vehicleQuery', 'query.vehicles.anna'),
    personIn('vehicleQueryCancel', 'queries.anna.q1.cancel'),
    personIn('flush', 'commands.flush.1'),
    personIn('flushed', '_INBOX.x'),
  ]).toEqual(['anna', 'anna', undefined, undefined])
  const replies = [
    'inbox.anna.u1',
    'inbox.bert.u1',
    'inbox.annabel.u1',
    'inbox.anna',
    'service-inbox.finder.u1',
    '_INBOX.x.u1',
    '_INBOX_x.u1',
    'commands.move.1',
    '$JS.API.INFO',
  ]
  expect(replies.filter((reply) => isInboxOf('anna', reply))).toEqual(['inbox.anna.u1'])
  expect(replies.filter((reply) => isInboxOf(undefined, reply))).toEqual([
    'service-inbox.finder.u1',
    '_INBOX.x.u1',
    '_INBOX_x.u1',
  ])
})

test('queue groups, streams and the permissions of the page are those that they always were', () => {
  expect(queueGroups).toEqual({
    latestQuery: 'latest-finder',
    areaQuery: 'vehicle-finder-areas',
    recordExport: 'vehicle-finder-exports',
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
  expect(searchStream(options)).toEqual({
    ...options,
    name: 'SEARCHES',
    subjects: ['searches.asked', 'searches.ended', 'searches.exported'],
    maxMessageBytes: 65_536,
    discard: 'new',
  })
  expect([DEAD_LETTERS, moveStreamName(12)]).toEqual(['DEAD_LETTERS', 'MOVES_12'])
  expect(['MOVES_12', 'MOVES_', 'MOVES_x', 'DEAD_LETTERS'].map(partitionOfStream)).toEqual([12, ...Array(3)])
  const looking = ['query.areas.anna']
  const latest = ['query.latest.anna', 'queries.anna.*.taken', 'queries.anna.*.cancel']
  const publish = ['query.vehicles.anna', ...latest, ...looking]
  const exporting = ['query.vehicles.anna', ...latest, 'query.exports.anna', ...looking]
  const subscribe = ['generation.runs.*', 'live.move.*', 'imports.*', 'stats', 'inbox.anna.>', 'members.>']
  expect(personPermissions('anna', rightsOf('viewer'))).toEqual({ publish: [...latest, ...looking], subscribe })
  expect(personPermissions('anna', rightsOf('dispatcher'))).toEqual({ publish, subscribe })
  expect(personPermissions('anna', rightsOf('investigator'))).toEqual({ publish: exporting, subscribe })
  expect(personPermissions('anna', rightsOfAnyone({ generation: false }))).toEqual({ publish: exporting, subscribe })
  expect(personPermissions('anna', rightsOfAnyone({ generation: true }))).toEqual({
    publish: ['generation.start.anna', 'generation.stop.anna', ...exporting],
    subscribe,
  })
})

test('no stream stores what a page sends: the server would send its acknowledgement wherever the page says', () => {
  const all: MessageDefinition[] = Object.values(messages)
  expect(all.filter(({ page, stored }) => page?.use === 'sends' && stored !== undefined)).toEqual([])
})

test('what the document on security says of the page is what its user may', () => {
  const document = readFileSync(new URL('../../../docs/viewer-security.md', import.meta.url), 'utf8')
  const told = (row: string): string[] => {
    const line = document.split('\n').find((each) => each.startsWith(`| ${row} |`)) ?? ''
    return [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code).filter((code) => code !== 'viewer.generation')
  }
  const { publish, subscribe } = personPermissions(ANYONE, rightsOfAnyone({ generation: true }))
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
