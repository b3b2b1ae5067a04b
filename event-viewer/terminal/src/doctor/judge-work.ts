import { DEAD_LETTERS, type Group, partitionOfStream } from '@fleetlake/contracts'
import { parseAppId } from '@fleetlake/hub'
import { humanCount, humanDuration, plural } from '@fleetlake/viewer-core'
import { type Facts, faultOf, type Finding, ok, type StreamFacts, unknown, warning } from './facts.ts'

/** Whether services are there and do their work. */
export const judgeWork = (facts: Facts): Finding[] => [
  ...judgeMembers(facts),
  ...judgeLag(facts),
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

/** How far the table holds a stream; undefined when it has nothing of it. */
export const offsetOf = (
  { name, created }: Pick<StreamFacts, 'name' | 'created'>,
  offsets: Readonly<Record<string, number>>,
): number | undefined => {
  const held = Object.entries(offsets).flatMap(([appId, offset]) => {
    const named = parseAppId(appId)
    return named?.stream === name && named.created === created ? [{ epoch: named.epoch, offset }] : []
  })
  return held.toSorted((a, b) => b.epoch - a.epoch)[0]?.offset
}

const judgeLag = ({ streams, table, unarchived, hubClock, config }: Facts): Finding[] => {
  if (!streams.isKnown || !table.isKnown) return [unknown('lag', 'not known without the hub and the table')]
  const moves = streams.value.filter(({ name }) => partitionOfStream(name) !== undefined)
  const behind = moves.filter((stream) => stream.last < (offsetOf(stream, table.value.offsets) ?? 0))
  if (behind.length > 0) {
    const [{ name, last }] = behind
    return [
      faultOf(
        'lag',
        `${name} ends at message ${last}, and the table holds later ones: the hub was restored to an earlier state`,
        'start the collectors, which read it again from its beginning; see docs/durability.md on what is stored twice',
      ),
    ]
  }
  const messages = moves.reduce(
    (total, stream) =>
      total + Math.max(0, stream.last - Math.max(offsetOf(stream, table.value.offsets) ?? 0, stream.first - 1)),
    0,
  )
  const oldest = unarchived.isKnown ? Math.min(...Object.values(unarchived.value)) : Infinity
  const nowMs = hubClock.isKnown ? hubClock.value.theirMs : Number.NaN
  const ageMs = Number.isFinite(oldest) && Number.isFinite(nowMs) ? Math.max(0, nowMs - oldest) : 0
  const what =
    messages === 0
      ? 'all that the hub holds is archived'
      : `${plural(messages, 'message')} not archived yet, the oldest ${humanDuration(ageMs)} old`
  const todo = 'see what the collectors log, and whether the archive can be written to; else start more collectors'
  if (ageMs > BAD_MS + config.collector.maxAgeMs) return [faultOf('lag', what, todo)]
  if (ageMs > USUAL_MS + 2 * config.collector.maxAgeMs) return [warning('lag', what, todo)]
  return [ok('lag', what)]
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
