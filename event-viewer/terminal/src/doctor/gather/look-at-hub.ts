import { setTimeout as delay } from 'node:timers/promises'
import { type Config, GROUPS, type Message, moveStreamName, partitionOfStream, subjects } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import {
  createStreamsLook,
  findStreamFaults,
  type Hub,
  furthestMarks,
  isOutdated,
  newestOf,
  offsetOf,
  readArchiveClaim,
  type StreamFault,
} from '@fleetlake/hub'
import { findHub } from '../../terminal/find-hub.ts'
import type { Facts, SeenFacts, StreamFacts, Told } from '../facts.ts'
import { attempt, whenKnown } from './attempt.ts'

/** Members say each second that they are alive. */
const LISTEN_MS = 2_500

export type HubFacts = Pick<
  Facts,
  'server' | 'streams' | 'hubClock' | 'claim' | 'members' | 'unarchived' | 'streamFaults'
>

const connect = (config: Config, timeoutMs: number): Promise<Told<Hub>> =>
  attempt('reach the hub', timeoutMs, async (signal) => {
    let reason = ''
    const hub = await findHub(config, signal, { onReason: (told) => (reason = told), timeoutMs })
    if (hub === undefined) throw new FleetError('hub.unreachable', `the hub is not reached: ${reason}`)
    return hub
  })

const listStreams = async ({ streams }: Hub): Promise<StreamFacts[]> =>
  [...(await streams.list())].map(([name, { settings, created, first, last, messages, bytes }]) => ({
    name,
    created,
    first,
    last,
    messages,
    bytes,
    maxBytes: settings.maxBytes,
    replicas: settings.replicas ?? 1,
    duplicateWindowMs: settings.duplicateWindowMs ?? 0,
    discard: settings.discard,
  }))

const hearMembers = async (hub: Hub): Promise<Message<'heartbeat'>[]> => {
  const heard = new Map<string, Message<'heartbeat'>>()
  const listeners = GROUPS.map((group) =>
    hub.listen('heartbeat', subjects.heartbeat(group, '*'), ({ data }) => {
      const key = `${data.group} ${data.member}`
      if (data.leaving === true) heard.delete(key)
      else heard.set(key, data)
    }),
  )
  await delay(LISTEN_MS)
  await Promise.all(listeners.map((listener) => listener.close()))
  return [...heard.values()]
}

/** When the hub stored the first message of each stream that the table does not hold, of those that are there. */
const findUnarchived = async (
  { streams }: Hub,
  infos: readonly StreamFacts[],
  offsets: Readonly<Record<string, number>>,
): Promise<Record<string, number>> => {
  const txns = new Map(Object.entries(offsets))
  const found = await Promise.all(
    infos
      .filter(({ name }) => partitionOfStream(name) !== undefined)
      .map(async (info): Promise<readonly [string, number][]> => {
        const from = Math.max((offsetOf(info, txns) ?? 0) + 1, info.first)
        if (from > info.last) return []
        const message = await streams.message(info.name, { from })
        return message === undefined ? [] : [[info.name, message.timestampMs]]
      }),
  )
  return Object.fromEntries(found.flat())
}

/** Holds each stream against what is archived and was seen of it. */
const compareStreams = async (
  hub: Hub,
  { offsets, marks }: SeenFacts,
  { partitioning: { count } }: Config,
): Promise<StreamFault[]> => {
  const streams = await createStreamsLook(hub)()
  const furthest = furthestMarks(marks.filter((mark) => !isOutdated(mark, offsets)))
  const asked = [...streams.keys()].flatMap((partition) => [
    { partition, sequence: newestOf(moveStreamName(partition), offsets)?.committed.sequence ?? 0 },
    { partition, sequence: furthest.get(partition)?.sequence ?? 0 },
  ])
  const times = new Map<string, number>()
  await Promise.all(
    asked.map(async ({ partition, sequence }) => {
      // Nothing is at 0, where a stream of which nothing is archived or seen stands.
      const message = sequence === 0 ? undefined : await hub.streams.message(moveStreamName(partition), { sequence })
      if (message !== undefined) times.set(`${partition} ${sequence}`, message.timestampMs)
    }),
  )
  return findStreamFaults({
    offsets,
    marks,
    streams,
    partitions: Array.from({ length: count }, (_, partition) => partition),
    storedAt: (partition, sequence) => times.get(`${partition} ${sequence}`),
  })
}

/**
 * What the hub tells.
 * @param offsets how far the table holds each stream
 * @param seen what the archive knows of the streams
 */
export const lookAtHub = async (
  config: Config,
  timeoutMs: number,
  { offsets, seen }: { offsets: Told<Readonly<Record<string, number>>>; seen: Told<SeenFacts> },
): Promise<HubFacts> => {
  const connected = await connect(config, timeoutMs)
  try {
    const streams = await whenKnown(connected, (hub) => attempt('list its streams', timeoutMs, () => listStreams(hub)))
    const first = streams.isKnown ? streams.value.at(0)?.name : undefined
    const [hubClock, claim, members, unarchived, streamFaults] = await Promise.all([
      whenKnown(connected, (hub) =>
        attempt('ask for its time', timeoutMs, async () => {
          if (first === undefined) throw new FleetError('hub.failed', 'the hub has no stream whose time it could tell')
          return { theirMs: (await hub.streams.info(first)).serverMs, ourMs: Date.now() }
        }),
      ),
      whenKnown(connected, (hub) => attempt('read what archive the hub feeds', timeoutMs, () => readArchiveClaim(hub))),
      whenKnown(connected, (hub) => attempt('hear services', timeoutMs + LISTEN_MS, () => hearMembers(hub))),
      whenKnown(connected, (hub) =>
        whenKnown(streams, (infos) =>
          whenKnown(offsets, (held) =>
            attempt('look for what is not archived', timeoutMs, () => findUnarchived(hub, infos, held)),
          ),
        ),
      ),
      whenKnown(connected, (hub) =>
        whenKnown(seen, (known) =>
          attempt('compare its streams with the archive', timeoutMs, () => compareStreams(hub, known, config)),
        ),
      ),
    ])
    const server: Facts['server'] = connected.isKnown
      ? { isKnown: true, value: connected.value.control.version() }
      : connected
    return { server, streams, hubClock, claim, members, unarchived, streamFaults }
  } finally {
    if (connected.isKnown) await attempt('leave the hub', timeoutMs, () => connected.value.close())
  }
}
