import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Two lists in one, each in its own order and spread evenly over it. */
export const spread = <Item>(...lists: readonly (readonly Item[])[]): Item[] =>
  lists
    .flatMap((list) => list.map((item, i) => ({ item, at: i / list.length })))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)

/**
 * What takes long comes first, so that no worker is left with it at the end. Pure tests keep a core busy: they are spread over those with real
 * servers, which wait for the most part.
 */
export class LongTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- not that of an array
    const byLength = await super.sort(files)
    const of = (project: string): TestSpecification[] => byLength.filter((file) => file.project.name === project)
    return [...spread(of('servers'), of('unit')), ...of('browser')]
  }
}
