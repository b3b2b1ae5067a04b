import { createMemoryStore, type ObjectStore } from '@fleetlake/archive'
import { FleetError } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApiToken } from './accounts/account.ts'
import type { Change } from './change.ts'
import { seenVersion } from './entries.ts'
import { openRegistry, type Registry } from './open-registry.ts'

/** What becomes of a request that writes: it fails without a trace, its answer is lost, or its process ends before or after it was done. */
type Trouble = 'none' | 'fails' | 'unanswered' | 'dies-before' | 'dies-after'
const trouble = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Trouble>('none') },
  { weight: 3, arbitrary: fc.constantFrom<Trouble>('fails', 'unanswered') },
  { weight: 1, arbitrary: fc.constantFrom<Trouble>('dies-before', 'dies-after') },
)

interface Life {
  readonly store: ObjectStore
  /** Resolves when the process has died. */
  readonly death: Promise<'died'>
}

/** The store as a process sees it. */
const lifeOn = (memory: ObjectStore, scheduler: fc.Scheduler, next: () => Trouble): Life => {
  const death = Promise.withResolvers<'died'>()
  const die = (): Promise<never> => {
    death.resolve('died')
    return new Promise(() => {})
  }
  const troubled =
    <Args extends unknown[], Value>(act: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      const what = next()
      if (what === 'dies-before') return die()
      if (what === 'fails') throw new FleetError('store.failed', 'no route')
      const value = await act(...args)
      if (what === 'dies-after') return die()
      if (what === 'unanswered') throw new FleetError('store.failed', 'no answer')
      return value
    }
  return {
    death: death.promise,
    store: {
      ...memory,
      get: scheduler.scheduleFunction(memory.get),
      put: troubled(scheduler.scheduleFunction(memory.put)),
      putIfAbsent: troubled(scheduler.scheduleFunction(memory.putIfAbsent)),
    },
  }
}

interface Put {
  readonly id: string
  readonly value: string | null
  readonly expected: number
  outcome: 'unknown' | 'refused' | number
}

const tokenOf = (nonce: string): ApiToken => ({ account: 'a', sha256: nonce.padStart(64, '0') })
const nonceOf = (change: Change): string | null =>
  change.value === undefined ? null : (JSON.parse(change.value) as ApiToken).sha256.replace(/^0+/, '')

/** A writer that sets or removes entries as it sees them, reading again now and then. */
const write = async (
  registry: Registry,
  acts: readonly { id: string; does: 'set' | 'remove' | 'refresh' | 'merge' }[],
  { name, puts }: { name: string; puts: Put[] },
): Promise<void> => {
  let nonce = 0
  for (const { id, does } of acts) {
    if (does === 'refresh') await registry.refresh()
    if (does === 'merge') await registry.mergeFiles({ moreThan: 1 }).catch(() => 0)
    if (does !== 'set' && does !== 'remove') continue
    const expected = seenVersion(registry.find('tokens', id))
    if (does === 'remove' && expected === 0) continue
    const value = does === 'remove' ? null : `${name}${++nonce}`
    const put: Put = { id, value, expected, outcome: 'unknown' }
    puts.push(put)
    try {
      put.outcome = await registry.put('tokens', id, value === null ? null : tokenOf(value), { expected, who: name })
    } catch (error) {
      const { code } = error as FleetError
      if (code === 'registry.conflict') put.outcome = 'refused'
      else expect(code).toBe('store.failed')
    }
  }
}

test('of writers in any order, with answers that get lost and processes that die: each change is there once, upon what its writer had seen', async () => {
  const act = fc.record({
    id: fc.constantFrom('x', 'y'),
    does: fc.constantFrom(
      'set' as const,
      'set' as const,
      'set' as const,
      'remove' as const,
      'refresh' as const,
      'merge' as const,
    ),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.array(act, { maxLength: 8 }), { minLength: 2, maxLength: 3 }),
      fc.infiniteStream(trouble),
      async (scheduler, writers, troubles) => {
        const memory = createMemoryStore()
        await (await openRegistry(memory)).put('tokens', 'z', tokenOf('f'), { expected: 0, who: 'first' })
        const puts: Put[] = []
        const lives = writers.map(() => lifeOn(memory, scheduler, () => troubles.next().value as Trouble))
        const working = lives.map(async ({ store, death }, i) => {
          const live = async (): Promise<void> => write(await openRegistry(store), writers[i], { name: 'abc'[i], puts })
          await Promise.race([live(), death])
        })
        await scheduler.waitFor(Promise.all(working))

        const registry = await openRegistry(memory)
        const history = await registry.history()
        expect(registry.faults()).toEqual([])
        for (const id of ['x', 'y']) {
          const changes = history.filter((change) => change.id === id)
          expect(changes.map(({ version }) => version)).toEqual(changes.map((_, i) => i + 1))
          const made = puts.filter((put) => put.id === id)
          for (const put of made) {
            const { value, expected, outcome } = put
            // A removal has no value of its own: it is known by its version.
            const found = changes.filter(
              (change) => nonceOf(change) === value && (value !== null || change.version === expected + 1),
            )
            if (typeof outcome === 'number') expect(found.map(({ version }) => version)).toContain(outcome)
            if (value !== null && outcome === 'refused') expect(found).toEqual([])
            if (value === null) continue
            expect(found.length).toBeLessThanOrEqual(1)
            for (const { version } of found) {
              const before = changes.find((change) => change.version === version - 1)
              expect(before === undefined || before.value === undefined ? 0 : before.version).toBe(expected)
            }
          }
          for (const change of changes)
            expect(made.some((put) => put.value === nonceOf(change) && put.outcome !== 'refused')).toBe(true)
        }
      },
    ),
    { numRuns: 150, endOnFailure: true },
  )
})
