import type { HubStatus, MessageHub } from '@fleetlake/hub/browser'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { awaitHub } from './await-hub.ts'

/** A hub that is nothing but its status. */
const hubIn = (state: HubStatus['state']): { hub: MessageHub; become(next: HubStatus): void; listeners: number } => {
  const tellers = new Set<(status: HubStatus) => void>()
  let status: HubStatus = { state }
  const hub = {
    status: () => status,
    onStatus: (tell: (status: HubStatus) => void) => {
      tellers.add(tell)
      return () => tellers.delete(tell)
    },
  } as unknown as MessageHub
  return {
    hub,
    become: (next) => {
      status = next
      for (const tell of tellers) tell(next)
    },
    get listeners() {
      return tellers.size
    },
  }
}

const never = new AbortController().signal
const connecting = (): HubStatus => ({ state: 'connecting', reason: 'ws://127.0.0.1:1: no hub answers there' })

test('a hub that hears is there at once', async () => {
  const { hub } = hubIn('connected')
  expect(await awaitHub({ hub: Promise.resolve(hub), status: connecting, signal: never })).toBe(hub)
})

test('a hub that is lost is waited for until it is back, and nothing stays behind', async () => {
  const lost = hubIn('disconnected')
  const waiting = awaitHub({ hub: Promise.resolve(lost.hub), status: connecting, signal: never })
  await Promise.resolve()
  await Promise.resolve()
  expect(lost.listeners).toBe(1)
  lost.become({ state: 'disconnected', reason: 'lost it' })
  lost.become({ state: 'connected' })
  expect(await waiting).toBe(lost.hub)
  expect(lost.listeners).toBe(0)
})

test('a hub that does not come in time, or is not waited for any more, is told with its reason', async () => {
  const hub = new Promise<MessageHub>(() => undefined)
  await expect(awaitHub({ hub, status: connecting, signal: never, waitMs: 1 })).rejects.toThrow(
    fault(
      'hub.unreachable',
      "the hub can't be reached (ws://127.0.0.1:1: no hub answers there): try again once it is back",
    ),
  )
  const lost = hubIn('disconnected')
  const aborter = new AbortController()
  const waiting = awaitHub({ hub: Promise.resolve(lost.hub), status: lost.hub.status, signal: aborter.signal })
  aborter.abort()
  await expect(waiting).rejects.toThrow(fault('hub.unreachable', 'cancelled before the hub was reached'))
  expect(lost.listeners).toBe(0)
})
