import {
  DEAD_LETTERS,
  describeOldServer,
  describeServerFaults,
  partitionOfStream,
  readVersionNumbers,
  SEARCHES,
} from '@fleetlake/contracts'
import { humanBytes, humanDuration, plural } from '@fleetlake/viewer-core'
import { type ClockFacts, type Facts, faultOf, type Finding, ok, type StreamFacts, unknown, warning } from './facts.ts'

/** A clock that is further off has positions refused as future ones, or a live map empty. */
const MOST_SKEW_MS = 5_000
const BAD_SKEW_MS = 60_000

const FULL = 0.8
const TOO_FULL = 0.95

export const judgeClock = (check: string, whose: string, { theirMs, ourMs }: ClockFacts): Finding => {
  const skewMs = Math.abs(theirMs - ourMs)
  if (skewMs <= MOST_SKEW_MS) return ok(check, `the clocks of this machine and ${whose} agree`)
  const what = `the clock of ${whose} is ${humanDuration(skewMs)} ${theirMs > ourMs ? 'ahead of' : 'behind'} the clock of this machine`
  const todo = 'set both by the same time server (NTP): positions of the future are refused, and ages are told wrongly'
  return skewMs > BAD_SKEW_MS ? faultOf(check, what, todo) : warning(check, what, todo)
}

export const judgeHub = ({ server, streams, hubClock, config }: Facts): Finding[] => {
  if (!server.isKnown) {
    return [
      faultOf(
        'hub',
        server.reason,
        `start the hub, or set hub.url (it is ${config.hub.url}), hub.user and hub.password`,
      ),
      unknown('streams', 'not known without the hub'),
    ]
  }
  const hub = judgeServer(server.value, config)
  const clock = [
    hubClock.isKnown
      ? judgeClock('hub clock', 'the hub', hubClock.value)
      : unknown('hub clock', `not known: ${hubClock.reason}`),
  ]
  if (!streams.isKnown) {
    const todo = 'enable JetStream in the configuration of nats-server, see whether its disk is full, or start it again'
    return [hub, ...clock, faultOf('streams', `the hub does not tell its streams: ${streams.reason}`, todo)]
  }
  return [hub, ...clock, ...judgeStreams(streams.value, config)]
}

const judgeServer = (answer: string, { hub }: Facts['config']): Finding => {
  const version = readVersionNumbers(answer)
  const remark = describeOldServer(version)
  if (remark === undefined) return ok('hub', `nats-server ${answer} answers at ${hub.url}`)
  const judge = describeServerFaults(version) === undefined ? warning : faultOf
  return judge('hub', remark, 'install a newer nats-server, and start the hub again')
}

const judgeStreams = (streams: readonly StreamFacts[], { hub, partitioning }: Facts['config']): Finding[] => {
  const moves = streams.filter(({ name }) => partitionOfStream(name) !== undefined)
  const ours = streams.filter(
    ({ name }) => moves.some((each) => each.name === name) || name === DEAD_LETTERS || name === SEARCHES,
  )
  if (moves.length === 0) return [faultOf('streams', 'the hub has no streams', 'start a collector, which makes them')]
  const missing = [DEAD_LETTERS, SEARCHES].filter((name) => ours.every((each) => each.name !== name))
  if (missing.length > 0) {
    return [
      faultOf(
        'streams',
        `the hub has no stream ${missing.join(' and ')}`,
        'start a collector of this release, which makes what is missing',
      ),
    ]
  }
  const numbers = moves.map(({ name }) => partitionOfStream(name)!)
  const gaps = Array.from({ length: Math.max(...numbers) + 1 }, (_, i) => i).filter((i) => !numbers.includes(i))
  return [
    gaps.length > 0
      ? faultOf(
          'streams',
          `the streams of the partitions ${gaps.join(', ')} are missing`,
          'restore the hub, or start a collector: messages that were in them are then recorded as lost',
        )
      : ok('streams', `${plural(moves.length, 'partition')}, dead letters and searches are there`),
    ...(moves.length === partitioning.count
      ? []
      : [
          warning(
            'partitions',
            `the hub has ${moves.length} partitions, and partitioning.count is ${partitioning.count}`,
            `set partitioning.count to ${moves.length}: the hub's number holds`,
          ),
        ]),
    judgeReplicas(ours, hub.replicas),
    judgeWindow(moves, hub.duplicateWindowMs),
    judgeSync(hub),
    judgeDiscard(moves),
    ...judgeFill(ours),
  ]
}

const judgeReplicas = (streams: readonly StreamFacts[], wanted: number): Finding => {
  const other = streams.filter(({ replicas }) => replicas !== wanted)
  if (other.length === 0) return ok('replicas', `every stream has ${plural(wanted, 'replica')}, as configured`)
  const [{ name, replicas }] = other
  return faultOf(
    'replicas',
    `${name}${other.length === 1 ? ' has' : ` and ${plural(other.length - 1, 'other stream')} have`} ${plural(replicas, 'replica')} instead of ${wanted} (hub.replicas)`,
    'start a collector with this configuration, which changes them; the cluster needs as many servers as there are replicas',
  )
}

const judgeWindow = (streams: readonly StreamFacts[], wantedMs: number): Finding => {
  const other = streams.find(({ duplicateWindowMs }) => duplicateWindowMs < wantedMs)
  if (other === undefined) return ok('duplicate window', `message ids are remembered for ${humanDuration(wantedMs)}`)
  return warning(
    'duplicate window',
    `${other.name} remembers message ids for ${humanDuration(other.duplicateWindowMs)} instead of ${humanDuration(wantedMs)} (hub.duplicateWindowMs)`,
    'start a collector with this configuration, which changes it: a message that is repeated later is stored twice',
  )
}

/** What is configured: what a nats-server really does it tells no client. */
const judgeSync = ({ syncInterval, replicas }: Facts['config']['hub']): Finding => {
  if (syncInterval === 'always')
    return ok(
      'sync interval',
      'hub.syncInterval is always: what is acknowledged is on the disk, if nats-server is configured so',
    )
  const every = humanDuration(syncInterval)
  if (replicas > 1)
    return ok(
      'sync interval',
      `hub.syncInterval is ${every}: only a loss of power of all ${replicas} servers at once loses what was acknowledged within it`,
    )
  return warning(
    'sync interval',
    `hub.syncInterval is ${every}, and there is one replica: a loss of power loses what was acknowledged within it`,
    'set hub.syncInterval: always, or have three replicas, where that must not be (docs/durability.md)',
  )
}

const judgeDiscard = (streams: readonly StreamFacts[]): Finding => {
  const other = streams.find(({ discard }) => discard === 'old')
  if (other === undefined) return ok('full streams', 'a full stream refuses messages, and drops none')
  return faultOf(
    'full streams',
    `${other.name} drops its oldest messages when it is full`,
    'set its discard policy to new (`nats stream edit`), or positions are lost before they are archived',
  )
}

const judgeFill = (streams: readonly StreamFacts[]): Finding[] => {
  const filled = streams
    // The oldest dead letters go by design.
    .filter(({ name }) => name !== DEAD_LETTERS)
    .map(({ name, bytes, maxBytes }) => ({
      name,
      bytes,
      maxBytes,
      share: maxBytes === undefined ? 0 : bytes / maxBytes,
    }))
    .toSorted((a, b) => b.share - a.share)
  const [fullest] = filled
  const what = `${fullest.name}, the fullest stream, is ${Math.round(fullest.share * 100)} % full (${humanBytes(fullest.bytes)}${fullest.maxBytes === undefined ? '' : ` of ${humanBytes(fullest.maxBytes)}`})`
  const todo =
    'see whether collectors run and can write to the archive; else start more of them, or raise hub.maxBytesPerPartition: producers wait when a stream is full'
  if (fullest.share >= TOO_FULL) return [faultOf('stream fill', what, todo)]
  if (fullest.share >= FULL) return [warning('stream fill', what, todo)]
  return [ok('stream fill', what)]
}
