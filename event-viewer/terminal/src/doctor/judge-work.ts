import { DEAD_LETTERS, type Group, moveStreamName, partitionOfStream } from '@fleetlake/contracts'
import { offsetOf, type StreamFault } from '@fleetlake/hub'
import { humanCount, humanDuration, plural } from '@fleetlake/viewer-core'
import { type Facts, faultOf, type Finding, ok, type Told, unknown, warning } from './facts.ts'

/** Whether services are there and do their work. */
export const judgeWork = (facts: Facts): Finding[] => [
  ...judgeMembers(facts),
  judgeStreams(facts),
  judgeLag(facts),
  judgeDeadLetters(facts),
  ...facts.ports.map(({ name, address, fault }) =>
    fault === undefined
      ? ok(`port of the ${name}`, `something listens at ${address}`)
      : warning(
          `port of the ${name}`,
          `nothing answers at ${address}: ${fault}`,
          `start the ${name}, or set where it listens`,
        ),
  ),
]

/** Without one, what is missing. */
const NEEDED: readonly (readonly [Group, string])[] = [
  ['collectors', 'nothing is archived'],
  ['compactors', 'small files stay, and old dates too'],
  ['finders', 'searches are not answered'],
]

/** Without one, searches and answers are right all the same. */
const PROJECTORS: Group = 'projectors'

const judgeProjectors = (alive: readonly { readonly group: Group }[]): Finding[] =>
  alive.some(({ group }) => group === PROJECTORS)
    ? []
    : [
        warning(
          'projectors',
          'no projector runs: where vehicles were and are is not kept up, so that searches for vehicles read more, and last positions may be incomplete',
          'start a projector',
        ),
      ]

const judgeMembers = ({ members, version }: Facts): Finding[] => {
  if (!members.isKnown) return [unknown('services', `not known: ${members.reason}`)]
  const alive = members.value
  const missing = NEEDED.filter(([group]) => alive.every((member) => member.group !== group))
  const counts = Object.entries(Object.groupBy(alive, ({ group }) => group)).map(([group, some]) =>
    plural(some.length, group.replace(/s$/, '')),
  )
  const versions = [...new Set(alive.map((member) => member.version))].toSorted()
  return [
    missing.length === 0
      ? ok('services', `${counts.join(', ')}`)
      : faultOf(
          'services',
          missing.map(([group, what]) => `no ${group.replace(/s$/, '')} runs: ${what}`).join('; '),
          'start what is missing',
        ),
    ...judgeProjectors(alive),
    ...(versions.length > 1
      ? [
          warning(
            'versions',
            `services of the versions ${versions.join(' and ')} run at once`,
            'update all of them (docs/operations/upgrade.md)',
          ),
        ]
      : versions.some((one) => one !== version)
        ? [
            warning(
              'versions',
              `services are of version ${versions[0]}, and this program is of version ${version}`,
              'use the program of the same release',
            ),
          ]
        : versions.length === 0
          ? []
          : [ok('versions', `all are of version ${version}`)]),
  ]
}

/** Messages stay in the collectors' buffers for so long beside `collector.maxAgeMs`. */
const USUAL_MS = 60_000
const BAD_MS = 15 * 60_000

const describeFault = ({ partition, kind, archived, last = 0, seen }: StreamFault): string => {
  const name = moveStreamName(partition)
  const known = `${humanCount(archived)} archived${seen === undefined ? '' : `, ${humanCount(seen)} seen by collectors`}`
  switch (kind) {
    case 'missing':
      return `${name} is missing`
    case 'remade':
      return `${name} is not the stream that was archived: it was made again (${known}, now ${humanCount(last)})`
    case 'cut':
      return `${name} ends at message ${humanCount(last)}, or holds others than it did (${known}): it was cut, or the hub was restored to an earlier state`
    case 'gap':
      return `${name} lacks messages that follow those that are archived (${known})`
  }
}

/** That a stream is missing is told with the hub's streams. */
const judgeStreams = ({ streamFaults }: Facts): Finding => {
  if (!streamFaults.isKnown) return unknown('stream contents', `not known: ${streamFaults.reason}`)
  const faults = streamFaults.value.filter(({ kind }) => kind !== 'missing')
  if (faults.length === 0) return ok('stream contents', 'the streams hold what was archived and seen of them')
  const others = faults.length === 1 ? '' : ` (and ${faults.length - 1} more)`
  return faultOf(
    'stream contents',
    `${describeFault(faults[0])}${others}`,
    'start the collectors, which record what is lost with that; then see `fleet table losses`, and docs/durability.md on what may be there twice',
  )
}

const judgeLag = ({ streams, table, unarchived, hubClock, config }: Facts): Finding => {
  if (!streams.isKnown || !table.isKnown) return unknown('lag', 'not known without the hub and the table')
  const held = new Map(Object.entries(table.value.offsets))
  const moves = streams.value.filter(({ name }) => partitionOfStream(name) !== undefined)
  const messages = moves.reduce(
    (total, stream) => total + Math.max(0, stream.last - Math.max(offsetOf(stream, held) ?? 0, stream.first - 1)),
    0,
  )
  if (messages === 0) return ok('lag', 'all that the hub holds is archived')
  const age = ageOfOldest({ unarchived, hubClock })
  if (!age.isKnown)
    return unknown(
      'lag',
      `${plural(messages, 'message')} not archived yet; how old they are is not known: ${age.reason}`,
    )
  const ageMs = age.value
  const what = `${plural(messages, 'message')} not archived yet, the oldest ${humanDuration(ageMs)} old`
  const todo = 'see what the collectors log, and whether the archive can be written to; else start more collectors'
  if (ageMs > BAD_MS + config.collector.maxAgeMs) return faultOf('lag', what, todo)
  if (ageMs > USUAL_MS + 2 * config.collector.maxAgeMs) return warning('lag', what, todo)
  return ok('lag', what)
}

const ageOfOldest = ({ unarchived, hubClock }: Pick<Facts, 'unarchived' | 'hubClock'>): Told<number> => {
  if (!unarchived.isKnown) return unarchived
  if (!hubClock.isKnown) return hubClock
  const stored = Object.values(unarchived.value)
  if (stored.length === 0) return { isKnown: false, reason: 'the hub has none of them any more' }
  return { isKnown: true, value: Math.max(0, hubClock.value.theirMs - Math.min(...stored)) }
}

const judgeDeadLetters = ({ streams }: Facts): Finding => {
  const letters = streams.isKnown ? streams.value.find(({ name }) => name === DEAD_LETTERS) : undefined
  if (letters === undefined) return unknown('dead letters', 'not known without the hub')
  if (letters.messages === 0) return ok('dead letters', 'none')
  return warning(
    'dead letters',
    `${humanCount(letters.messages)} of messages that could not be archived whole`,
    'see `fleet dead-letters`, which shows why, and replays them',
  )
}
