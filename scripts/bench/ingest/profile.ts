import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface CpuProfile {
  readonly nodes: readonly { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const SHOWN = 12

const placeOf = (url: string): string =>
  url.replace(/^.*\/node_modules\/(?=[^/]*[^.])/, '').replace(/^file:\/\/.*?\/(?=shared|event-|scripts)/, '')

/** Where the time of one profile went, the most first: `name (file:line)` and its share of the time not idle. */
export const hottest = ({ nodes, samples, timeDeltas }: CpuProfile): { place: string; share: number }[] => {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      url === '' ? functionName : `${functionName || '(anonymous)'} (${placeOf(url)}:${lineNumber + 1})`,
    ]),
  )
  const spent = new Map<string, number>()
  samples.forEach((id, i) => {
    const name = names.get(id)!
    if (name !== '(idle)') spent.set(name, (spent.get(name) ?? 0) + timeDeltas[i])
  })
  const total = [...spent.values()].reduce((sum, micros) => sum + micros, 0)
  return [...spent]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([place, micros]) => ({ place, share: micros / total }))
}

/** The profiles of a folder as lines for people. */
export const describeProfiles = async (folder: string): Promise<string[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).toSorted()
  const lines: string[] = []
  for (const name of names) {
    const profile: CpuProfile = JSON.parse(await readFile(join(folder, name), 'utf8'))
    lines.push(
      '',
      name,
      ...hottest(profile).map(({ place, share }) => `  ${(100 * share).toFixed(1).padStart(5)} %  ${place}`),
    )
  }
  return lines
}
