import { liveSubjects, subjects } from '@fleetlake/contracts'
import { sleep } from '@fleetlake/core'
import type { ReceivedMessage, Subscription } from '@fleetlake/broker'
import type { MessageHub } from '@fleetlake/hub/browser'

/** What of the live reports is listened to. */
export interface LiveSubscription {
  /**
   * Listens to these partitions, or to all, instead of those before. Invariant: what is published to a partition that was listened to before
   * and is after comes once, whenever the change falls.
   * @param seesAll whether this page may hear all vehicles; else it hears those that a gateway sends it
   */
  listenTo(partitions: readonly number[] | undefined, seesAll: boolean): void
}

const LINGER_MS = 500

export const createLiveSubscription = (
  { control, person }: MessageHub,
  take: (payload: Uint8Array, message: { contentType: string | undefined; storedMs: number | undefined }) => void,
): LiveSubscription => {
  const open = new Map<string, Subscription>()
  /** While two subscriptions may get the same messages: the ids of those that arrived. */
  const heard = new Set<string>()
  let retiring = 0

  const hear = ({ data, header, storedMs }: ReceivedMessage): void => {
    if (retiring > 0) {
      const id = header('ce-id')
      if (id !== undefined && heard.size === heard.add(id).size) return
    }
    take(data, { contentType: header('content-type'), storedMs })
  }
  /**
   * The old is given up after the new has been heard for a while: the server hands a message to those whom it found when it took it,
   * unless they are gone by then, and its threads may be at that for as long as others make them wait.
   */
  const retire = async (subscription: Subscription): Promise<void> => {
    retiring++
    await control.flush().catch(() => undefined)
    await sleep(LINGER_MS)
    await subscription.drain()
    await sleep(LINGER_MS)
    if (--retiring === 0) heard.clear()
  }
  return {
    listenTo: (partitions, seesAll) => {
      const subjectOf = (partition: number | '*'): string =>
        seesAll ? liveSubjects.move(partition) : subjects.seenMove(person, partition)
      const wanted = new Set(partitions?.map(subjectOf) ?? [subjectOf('*')])
      for (const subject of wanted) {
        if (!open.has(subject)) open.set(subject, control.subscribe(subject, hear))
      }
      for (const [subject, subscription] of open) {
        if (wanted.has(subject)) continue
        open.delete(subject)
        void retire(subscription)
      }
    },
  }
}
