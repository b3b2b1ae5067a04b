import { randomBytes } from 'node:crypto'
import { areaNameKey } from '@fleetlake/contracts'
import type { Asked } from '../decide-changes.ts'
import { seenVersion } from '../entries.ts'
import type { Registry } from '../open-registry.ts'
import { byNameKey, checkAreas, checkBytes, checkNames, type GivenArea, partsOf } from './check-areas.ts'
import type { AreaEntry } from './find-area.ts'

/** What came of areas that were given. */
export interface AddedAreas {
  readonly added: readonly AreaEntry[]
  /** Those that were there, and have what was given now. */
  readonly replaced: readonly AreaEntry[]
  /** Those that were there with what was given. */
  readonly unchanged: number
  readonly commits: number
}

export interface AddAreasOptions {
  readonly who: string
  /** What is given takes the place of areas that have its name. */
  readonly replace?: boolean
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** 50 random bits; an id that is there already is refused by the compare-and-set. */
const newAreaId = (): string => `area-${Array.from(randomBytes(10), (byte) => ALPHABET[byte & 31]).join('')}`

/**
 * Adds areas: all or none, in one commit, as long as they are no more than a commit takes (1,000 areas, 16 MiB). Of more, all are checked before the first commit; stopped
 * between two commits, it can be begun again with `replace`.
 * @throws AreasRefused with every area that can't be added
 */
export const addAreas = async (
  registry: Registry,
  given: readonly GivenArea[],
  { who, replace = false }: AddAreasOptions,
): Promise<AddedAreas> => {
  const checked = checkAreas(given)
  await registry.refresh()
  const there = byNameKey(registry)
  if (!replace) checkNames(checked, there)
  checkBytes(registry, checked, there)
  const added: string[] = []
  const replaced: string[] = []
  let commits = 0
  for (const part of partsOf(checked)) {
    let ids: { readonly added: string[]; readonly replaced: string[] } = { added: [], replaced: [] }
    const changes = await registry.change((view) => {
      ids = { added: [], replaced: [] }
      const now = byNameKey(view)
      if (!replace) checkNames(part, now)
      checkBytes(view, part, now)
      return part.flatMap(({ value, json }): Asked[] => {
        const before = now.get(areaNameKey(value.name))
        if (before === undefined) {
          const id = newAreaId()
          ids.added.push(id)
          return [{ kind: 'areas', id, value, expected: seenVersion(view.find('areas', id)) }]
        }
        if (view.find('areas', before.id)?.change.value === json) return []
        ids.replaced.push(before.id)
        return [{ kind: 'areas', id: before.id, value, expected: before.version }]
      })
    }, who)
    if (changes.length > 0) commits++
    added.push(...ids.added)
    replaced.push(...ids.replaced)
  }
  const entriesOf = (ids: readonly string[]): AreaEntry[] =>
    ids.flatMap((id) => registry.entries('areas').get(id) ?? [])
  return {
    added: entriesOf(added),
    replaced: entriesOf(replaced),
    unchanged: checked.length - added.length - replaced.length,
    commits,
  }
}
