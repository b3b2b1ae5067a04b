import { sleep } from '@fleetlake/core'
import { askLatest } from '@fleetlake/hub'
import { type AskDeps, namesOf } from './clients.ts'
import { type Expected, judgeLast } from './judge.ts'
import type { Ledger } from './ledger.ts'
import type { World } from './world.ts'

/** A client that asks again and again where each vehicle was last. */
export const askLast = async (
  world: World,
  ledger: Ledger,
  name: string,
  { answers, excuses, fail, signal }: AskDeps,
): Promise<void> => {
  const hub = world.connect(name)
  while (!signal.aborted) {
    await sleep(2_000 + 10_000 * world.time.random(), signal)
    const due = ledger.due(() => true)
    const mayLack = excuses.ofAnswer()
    const answer = askLatest(hub, { timeoutMs: 20_000 })
    const rows: string[] = []
    for await (const batch of answer) rows.push(...namesOf(batch.rows))
    const { status, reason, stats } = await answer.outcome
    const told = `last positions ${status}`
    if (status !== 'complete') world.say(`${name}: ${told}: ${reason}`)
    answers[told] = (answers[told] ?? 0) + 1
    const expected: Omit<Expected, 'isWanted'> = { due, find: ledger.find, mayLack: mayLack(stats?.notes ?? []) }
    const fault = judgeLast({ status, rows }, expected)
    if (fault !== undefined) fail(`${name}: ${fault}`)
  }
}
