import type { BoardState } from '@fleetlake/viewer-core'

export type Member = BoardState['members'][number]
export type GroupName = Member['group']

/** What a kind of service does, and what is missing without it. */
interface GroupWords {
  readonly title: string
  readonly does: string
  readonly without: string
  /** Not listed where none is. */
  readonly isOptional?: boolean
}

const WORDS: Readonly<Record<GroupName, GroupWords>> = {
  generators: {
    title: 'Generators',
    does: 'simulate vehicles',
    without: 'Nothing can be generated. Start one: `node event-generator/src/main.ts`',
  },
  collectors: {
    title: 'Collectors',
    does: 'write positions into the archive',
    without: 'Positions wait in the hub until one runs. Start one: `node event-collector/src/main.ts`',
  },
  compactors: {
    title: 'Compactors',
    does: 'merge small files and drop what is past retention',
    without:
      'Nothing is lost, but the archive grows by many small files. Start one: `node event-collector/src/compactor.ts`',
  },
  projectors: {
    title: 'Projectors',
    does: 'derive tables from the archive: where vehicles were, and their last positions',
    without:
      'Nothing is lost, but the derived tables get old, and searches for single vehicles slow. Start one: `node event-projector/src/main.ts`',
  },
  finders: {
    title: 'Finders',
    does: 'search the archive',
    without: 'Searches get no answer. Start one: `node event-finder/src/main.ts`',
  },
  gateways: {
    title: 'Gateways',
    does: 'let people and programs log in',
    without: "People can't log in. Start one: `npm start -- --gateway.port 3100`",
    isOptional: true,
  },
}

export interface ServiceGroup extends GroupWords {
  readonly group: GroupName
  readonly members: readonly Member[]
  readonly alive: number
}

/** Every kind of service that there should be, in the order in which positions pass them, with its members. */
export const serviceGroups = (members: readonly Member[]): ServiceGroup[] =>
  (Object.keys(WORDS) as GroupName[]).flatMap((group) => {
    const own = members.filter((member) => member.group === group)
    if (own.length === 0 && WORDS[group].isOptional === true) return []
    return [{ ...WORDS[group], group, members: own, alive: own.filter(({ state }) => state === 'alive').length }]
  })

const byNumbers = new Intl.Collator('en', { numeric: true })

/** The newest version of all members; undefined without a member. */
export const newestVersion = (members: readonly Pick<Member, 'version'>[]): string | undefined =>
  members
    .map(({ version }) => version)
    .toSorted(byNumbers.compare)
    .at(-1)
