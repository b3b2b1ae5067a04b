import { setTimeout as delay } from 'node:timers/promises'
import { type Hub, partitionsOf } from '@fleetlake/hub'

const PATIENCE_MS = 1_000

/**
 * Asks the hub which partitions there are; one question at a time; all callers meanwhile share its answer.
 * @param hub the connection, once it stands
 * @returns null when the hub does not answer within a second, or has no partitions yet
 */
export const createPartitionsReader = (hub: Promise<Hub>): (() => Promise<readonly number[] | null>) => {
  let asking: Promise<readonly number[] | null> | undefined
  const ask = async (): Promise<readonly number[] | null> => {
    try {
      const partitions = await partitionsOf(await hub)
      return partitions.length === 0 ? null : partitions
    } catch {
      return null
    } finally {
      asking = undefined
    }
  }
  return async () => {
    const aborter = new AbortController()
    const { signal } = aborter
    const patience = delay(PATIENCE_MS, null, { signal }).catch(() => null)
    try {
      return await Promise.race([(asking ??= ask()), patience])
    } finally {
      aborter.abort()
    }
  }
}
