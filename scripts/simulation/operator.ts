import { LOSSES_APP, openLossTable, openTable, unsettled } from '@fleetlake/archive'
import { sleep } from '@fleetlake/core'
import type { World } from './world.ts'

/** Who looks after the services when something is lost for good: nothing else in a story decides that. */
export interface Operator {
  /** A collector refuses the archive. */
  hear(collector: string): void
  /** From now on collectors may refuse the archive. */
  expectRefusals(): void
  /** Does nothing about refusals until the work is done. @returns whether there were any */
  during(work: () => Promise<void>): Promise<boolean>
  /** Starts all services again, one after the other. */
  restartAll(): Promise<void>
  /** Accepts all losses, as `fleet table losses --settle all` does. @returns how many */
  settleAll(): Promise<number>
}

/** @param fail told of what should not have happened */
export const createOperator = (world: () => World, fail: (what: string) => void): Operator => {
  let isExpecting = false
  let isBusy = false
  let refusals = 0
  let isOnTheWay = false
  const adopt = async (): Promise<void> => {
    const { time, say, adopt: adoptNext } = world()
    isOnTheWay = true
    await sleep(3_000 + 12_000 * time.random())
    isOnTheWay = false
    if (isBusy) return
    say('the operator starts collectors with FLEET_ARCHIVE_ADOPT=true, once')
    adoptNext()
  }
  return {
    hear: (collector) => {
      refusals++
      if (!isExpecting) fail(`${collector} refuses the archive, and nothing is wrong with it`)
      else if (!isBusy && !isOnTheWay) void adopt()
    },
    expectRefusals: () => {
      isExpecting = true
    },
    during: async (work) => {
      const before = refusals
      isBusy = true
      await work()
      isBusy = false
      return refusals > before
    },
    restartAll: async () => {
      const { time, say, lives, kill } = world()
      const restart = async (life: ReturnType<World['lives']>[number]): Promise<void> => {
        await sleep(1_000 + 60_000 * time.random())
        if (life.isDead) return
        say(`the operator starts ${life.name} again`)
        kill(life)
      }
      await Promise.all(lives().map(restart))
    },
    settleAll: async () => {
      const { stores } = world().archive
      const losses = (await openLossTable(stores.losses))!
      const ids = unsettled(losses.losses).map(({ id }) => id)
      await losses.settle(ids, { at: Date.now(), by: 'operator', note: 'gone' })
      const table = await openTable(stores.moves)
      await table.commit({ parts: [], counts: [LOSSES_APP], operation: 'SETTLE' })
      return ids.length
    },
  }
}
