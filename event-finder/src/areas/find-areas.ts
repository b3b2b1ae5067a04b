import type { Message, MessageInput } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { type AreaEntry, findAreas } from '@fleetlake/registry'
import type { HeldRegistry } from '../registry/hold-registry.ts'

/**
 * Areas by their names or ids. Invariant: a change that was made before the question is seen.
 * @throws FleetError `area.invalid` with the nearest names of each that is not there
 */
export type FindAreas = (namesOrIds: readonly string[]) => Promise<readonly AreaEntry[]>

/** What is held is not used when it can't be read again: the positions are in the same store. */
export const createFindAreas =
  (registry: Pick<HeldRegistry, 'refresh'>): FindAreas =>
  async (namesOrIds) => {
    const read = await registry.refresh().catch((cause: unknown) => {
      throw new FleetError('store.failed', "the registry, which has the areas, can't be read now: ask again", { cause })
    })
    return findAreas(read, namesOrIds)
  }

/** The answer to a question for areas. */
export const answerAreas = async (
  { request, areas }: Message<'areaQuery'>,
  find: FindAreas,
): Promise<MessageInput<'areaAnswer'>> => {
  try {
    const found = await find(areas)
    return {
      request,
      areas: found.map(({ id, version, value: { name, geometry } }) => ({ id, name, version, geometry })),
    }
  } catch (error) {
    return { request, areas: [], error: reasonOf(error) }
  }
}
