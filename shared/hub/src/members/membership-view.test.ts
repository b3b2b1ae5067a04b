import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownedPartitions } from './membership.ts'
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

const SECOND = 1_000

/** Ticks four times a second, as a process does that is not stalled. */
const live = (view: MembershipView, fromMs: number, toMs: number): MembershipView => {
  let lived = view
  for (let now = fromMs; now <= toMs; now += SECOND / 4) lived = tick(lived, now)
  return lived
}

const withB = (): MembershipView => hear(openView('a', SECOND, 0), 'b', 0)

test('a member is dead after three intervals without a heartbeat, not before', () => {
  expect(membersOf(live(withB(), 0, 2_750))).toEqual(['a', 'b'])
  expect(membersOf(live(withB(), 0, 3_000))).toEqual(['a'])
})

test('a member that says goodbye is gone at once, and back with its next heartbeat', () => {
  const gone = bidFarewell(withB(), 'b')
  expect([membersOf(gone), membersOf(hear(gone, 'b', 10))]).toEqual([['a'], ['a', 'b']])
})

test('no member is judged while disconnected, nor in the three intervals after', () => {
  const away = live(disconnect(withB()), 250, 60_000)
  expect(membersOf(away)).toEqual(['a', 'b'])
  const back = reconnect(away, 60_000)
  expect(membersOf(live(back, 60_000, 62_750))).toEqual(['a', 'b'])
  expect(membersOf(live(back, 60_000, 63_000))).toEqual(['a'])
})

test('a process that was stalled judges none in the three intervals after', () => {
  const stalled = tick(withB(), 10_000)
  expect(membersOf(stalled)).toEqual(['a', 'b'])
  expect(membersOf(live(stalled, 10_250, 12_750))).toEqual(['a', 'b'])
  expect(membersOf(live(stalled, 10_250, 13_000))).toEqual(['a'])
})

type Event = { kind: 'hear' | 'leave'; member: string } | { kind: 'tick' | 'disconnect' | 'reconnect' }

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constantFrom('hear' as const, 'leave' as const), member: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({ kind: fc.constantFrom('tick' as const, 'tick' as const, 'disconnect' as const, 'reconnect' as const) }),
)

test('the members are those who were heard while one could listen, by a model that keeps the whole history', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.integer({ min: 0, max: 900 })), { maxLength: 60 }), (history) => {
      let view = openView('a', SECOND, 0)
      let now = 0
      let isConnected = true
      let listensSince = 0
      let tickedAt = 0
      const last = new Map<string, number>()
      for (const [what, afterMs] of history) {
        now += afterMs
        if (what.kind === 'hear') {
          view = hear(view, what.member, now)
          last.set(what.member, now)
        } else if (what.kind === 'leave') {
          view = bidFarewell(view, what.member)
          last.delete(what.member)
        } else if (what.kind === 'disconnect') {
          view = disconnect(view)
          isConnected = false
        } else if (what.kind === 'reconnect') {
          view = reconnect(view, now)
          isConnected = true
          listensSince = now
        } else {
          view = tick(view, now)
          if (now - tickedAt >= SECOND) listensSince = now
          tickedAt = now
          for (const [member, at] of last) {
            if (isConnected && now - at >= 3 * SECOND && now - listensSince >= 3 * SECOND) last.delete(member)
          }
        }
        expect(membersOf(view)).toEqual([...new Set([...last.keys(), 'a'])].toSorted())
      }
    }),
  )
})

test('each partition has one owner among the members, and one that leaves gives away only its own', () => {
  const partitions = Array.from({ length: 64 }, (_, i) => i)
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{4,16}$/), { minLength: 2, maxLength: 6 }), (members) => {
      const owned = members.map((me) => ownedPartitions(members, partitions, me))
      expect(owned.flat().toSorted((a, b) => a - b)).toEqual(partitions)
      const [, ...rest] = members
      rest.forEach((me, i) => {
        expect(ownedPartitions(rest, partitions, me)).toEqual(expect.arrayContaining(owned[i + 1]))
      })
    }),
  )
})
