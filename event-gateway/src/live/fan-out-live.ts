import { liveSubjects, type Sight, subjects, type VisibleVehicles } from '@fleetlake/contracts'
import { ownerOf } from '@fleetlake/core'
import type { Subscription } from '@fleetlake/broker'
import type { Hub, Membership } from '@fleetlake/hub'
import { audiencesOf, splitMove } from './split-live.ts'

/** How long a page that has not asked again is still sent positions. */
export const WANTED_MS = 15_000
/** Pages that are sent positions at once; more have to wait until others have closed. */
const MOST_PERSONS = 1_000
const LOOK_MS = 1_000

export interface LiveFanOutOptions {
  /** What a person sees; undefined for one who sees nothing any more. */
  sightOf(person: string): Sight | undefined
  /** Of the gateways: each person is served by one. */
  readonly membership: Pick<Membership, 'members' | 'onChange'>
  readonly nowMs?: () => number
}

export interface LiveFanOut {
  /** What somebody sees may have changed. */
  review(): void
  stop(): Promise<void>
}

/**
 * Sends persons who don't see all vehicles the live positions of those that they see, as long as their pages ask for it. Nothing is listened to while nobody does. While the gateways change,
 * a position may come twice or not at all.
 */
export const fanOutLive = (hub: Hub, { sightOf, membership, nowMs = Date.now }: LiveFanOutOptions): LiveFanOut => {
  const wantedUntil = new Map<string, number>()
  let live: Subscription | undefined
  let audiences: ReturnType<typeof audiencesOf> = []

  const review = (): void => {
    const sights = new Map<string, VisibleVehicles>()
    for (const person of wantedUntil.keys()) {
      const sight = sightOf(person)
      const isMine = ownerOf(person, membership.members()) === hub.uid
      if (isMine && sight !== undefined && sight !== 'all') sights.set(person, sight)
    }
    audiences = audiencesOf(sights)
    if (sights.size === 0) {
      live?.close()
      live = undefined
    } else live ??= listen()
  }
  const listen = (): Subscription =>
    hub.control.subscribe(liveSubjects.move('*'), ({ subject, data, header, storedMs }) => {
      const partition = Number(subject.slice(subject.lastIndexOf('.') + 1))
      const id = header('ce-id')
      const headers = storedMs === undefined ? {} : { 'Nats-Time-Stamp': new Date(storedMs).toISOString() }
      for (const { persons, payload } of splitMove(data, header('content-type'), audiences))
        for (const person of persons)
          hub.send('seenMove', subjects.seenMove(person, partition), payload as Uint8Array<ArrayBuffer>, {
            headers,
            ...(id === undefined ? {} : { id }),
          })
    })
  const wanted = hub.listen('liveWanted', subjects.liveWanted('*'), ({ person }) => {
    const isNew = !wantedUntil.has(person)
    if (isNew && wantedUntil.size >= MOST_PERSONS) return
    wantedUntil.set(person, nowMs() + WANTED_MS)
    if (isNew) review()
  })
  const forgetting = setInterval(() => {
    const now = nowMs()
    const over = [...wantedUntil].filter(([, until]) => until <= now)
    for (const [person] of over) wantedUntil.delete(person)
    if (over.length > 0) review()
  }, LOOK_MS)
  const stopFollowing = membership.onChange(review)
  return {
    review,
    stop: async () => {
      clearInterval(forgetting)
      stopFollowing()
      live?.close()
      await wanted.close()
    },
  }
}
