/**
 * Who is alive, by the heartbeats heard. Pure: time is data, ms of one's own monotonic clock.
 * Invariant: a member is dead after 3 intervals without a heartbeat, and no member is judged while this process could not hear (disconnected,
 * or stalled oneself) nor in the 3 intervals after it.
 */
export interface MembershipView {
  readonly me: string
  readonly intervalMs: number
  /** When each other member was heard last. */
  readonly heard: ReadonlyMap<string, number>
  /** Since when one hears without interruption; undefined while disconnected. */
  readonly hearsSince: number | undefined
  /** The last time that one's own clock was looked at. */
  readonly lookedAt: number
}

const INTERVALS = 3

export const openView = (me: string, intervalMs: number, nowMs: number): MembershipView => ({
  me,
  intervalMs,
  heard: new Map(),
  hearsSince: nowMs,
  lookedAt: nowMs,
})

/** A heartbeat came. */
export const hear = (view: MembershipView, member: string, nowMs: number): MembershipView =>
  member === view.me ? view : { ...view, heard: new Map(view.heard).set(member, nowMs) }

/** A member said goodbye. */
export const bidFarewell = (view: MembershipView, member: string): MembershipView => {
  const heard = new Map(view.heard)
  heard.delete(member)
  return { ...view, heard }
}

export const disconnect = (view: MembershipView): MembershipView => ({ ...view, hearsSince: undefined })

export const reconnect = (view: MembershipView, nowMs: number): MembershipView => ({ ...view, hearsSince: nowMs })

const isDead = (view: MembershipView, heardAt: number, nowMs: number): boolean =>
  view.hearsSince !== undefined && nowMs - Math.max(heardAt, view.hearsSince) >= INTERVALS * view.intervalMs

/** One's own clock ticked, about each interval or more often: forgets the dead, and notices a stall of one's own. */
export const tick = (view: MembershipView, nowMs: number): MembershipView => {
  const stalled = nowMs - view.lookedAt >= view.intervalMs
  const hearsSince = stalled && view.hearsSince !== undefined ? nowMs : view.hearsSince
  const looked = { ...view, hearsSince, lookedAt: nowMs }
  return { ...looked, heard: new Map([...view.heard].filter(([, heardAt]) => !isDead(looked, heardAt, nowMs))) }
}

/** Sorted; oneself is always among them. */
export const membersOf = (view: MembershipView): string[] => [...view.heard.keys(), view.me].toSorted()
