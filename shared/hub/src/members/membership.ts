import { type Group, type Message, subjects } from '@fleetlake/contracts'
import { ownerOf, sleep } from '@fleetlake/core'
import type { Hub } from '../connection/hub.ts'
import {
  bidFarewell,
  disconnect,
  hear,
  membersOf,
  openView,
  reconnect,
  tick,
  type MembershipView,
} from './membership-view.ts'

export interface GroupOptions {
  readonly group: Group
  readonly version: string
  /** What the next heartbeat says. */
  readonly describe: () => { memoryBytes: number; lagMs?: number }
  /** Between two heartbeats; all members of a group must have the same. */
  readonly intervalMs?: number
}

export interface Membership {
  /** The uids of the living, sorted; one's own always among them. */
  members(): readonly string[]
  /** What each other member said last. */
  heartbeats(): readonly Message<'heartbeat'>[]
  /** Resolves once it has listened long enough to know the others. */
  readonly ready: Promise<void>
  /** @returns stops telling */
  onChange(tell: (members: readonly string[]) => void): () => void
  /** Says goodbye, so that the others need not wait for three missing heartbeats. */
  leave(): Promise<void>
}

const INTERVAL_MS = 1_000
/** Intervals that a joiner listens before it counts on what it knows. */
const LISTEN_INTERVALS = 1.5
/** Without one's own heartbeat for so long, one does not hear. */
const DEAF_INTERVALS = 1.5
/** Looks at the clock per interval. */
const LOOKS = 4

/** Announces this process to a group and listens for the others. */
export const joinGroup = (hub: Hub, options: GroupOptions): Membership => {
  const { group, version, describe, intervalMs = INTERVAL_MS } = options
  const startedAt = new Date().toISOString()
  const tellers = new Set<(members: readonly string[]) => void>()
  const said = new Map<string, Message<'heartbeat'>>()
  let view = openView(hub.uid, intervalMs, performance.now())
  let members: readonly string[] = membersOf(view)

  const look = (next: MembershipView): void => {
    view = next
    if (
      next.heard.size + 1 === members.length &&
      members.every((member) => member === next.me || next.heard.has(member))
    ) {
      return
    }
    members = membersOf(next)
    for (const member of said.keys()) if (!next.heard.has(member)) said.delete(member)
    for (const tell of tellers) tell(members)
  }
  const beat = (leaving: boolean): void => {
    if (!hub.control.isOpen()) return
    const { memoryBytes, lagMs } = describe()
    hub.send('heartbeat', subjects.heartbeat(group, hub.uid), {
      member: hub.uid,
      group,
      version,
      startedAt,
      memoryBytes: Math.max(0, Math.round(memoryBytes)),
      ...(lagMs === undefined ? {} : { lagMs: Math.max(0, Math.round(lagMs)) }),
      ...(leaving ? { leaving } : {}),
    })
  }

  /** One's own heartbeats come back: as long as they do, one hears. A server that hangs drops no connection for 20 s. */
  let echoedAt = performance.now()
  const echo = (nowMs: number): void => {
    echoedAt = nowMs
    if (view.hearsSince === undefined) look(reconnect(view, nowMs))
  }
  const listener = hub.listen('heartbeat', subjects.heartbeat(group, '*'), ({ data }) => {
    if (data.group !== group) return
    if (data.member === hub.uid) return echo(performance.now())
    if (data.leaving === true) return look(bidFarewell(view, data.member))
    said.set(data.member, data)
    look(hear(view, data.member, performance.now()))
  })
  const stopFollowing = hub.onStatus(({ state }) => {
    if (state === 'disconnected') look(disconnect(view))
    if (state === 'connected') {
      look(reconnect(view, performance.now()))
      beat(false)
    }
  })
  const beating = setInterval(() => beat(false), intervalMs)
  const looking = setInterval(() => {
    const nowMs = performance.now()
    look(tick(nowMs - echoedAt > DEAF_INTERVALS * intervalMs ? disconnect(view) : view, nowMs))
  }, intervalMs / LOOKS)
  beat(false)

  return {
    members: () => members,
    heartbeats: () => [...said.values()],
    ready: sleep(LISTEN_INTERVALS * intervalMs),
    onChange: (tell) => {
      tellers.add(tell)
      return () => tellers.delete(tell)
    },
    leave: async () => {
      clearInterval(beating)
      clearInterval(looking)
      stopFollowing()
      tellers.clear()
      beat(true)
      await listener.close()
    },
  }
}

/** The partitions that a member owns: rendezvous hashing, so that all who know the same members agree. */
export const ownedPartitions = (members: readonly string[], partitions: readonly number[], me: string): number[] =>
  partitions.filter((partition) => ownerOf(String(partition), members) === me)
