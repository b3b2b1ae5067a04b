import { FleetError } from '@fleetlake/core'

/** What a file's path says of the vehicle; undefined where the path has another form. */
export type IdOfPath = (path: string) => string | undefined

/** Packings that are no part of a file's name. */
const PACKED = /\.(gz|zst|bz2|xz|zip)$/i

const PARTS: Readonly<Record<string, string>> = {
  '{vehicle}': '(?<vehicle>[^/]+?)',
  '{*}': '[^/]*?',
  '*': '[^/]*?',
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`)

/**
 * A pattern of `--vehicle-id-from`. `{name}` is the file's name without its endings, `{folder}` or `{parent}` the folder that it lies in; both may be joined by other text. With `{vehicle}` the pattern is of the end of the
 * path, in which `*` or `{*}` stands for anything: `Data/{vehicle}/Trajectory/*.plt`, `trip_{vehicle}_*.csv`.
 * @throws FleetError `usage.invalid`
 */
export const idPattern = (pattern: string): IdOfPath => {
  const places = [...pattern.matchAll(/\{[^}]*\}/g)].map(([place]) => place)
  const unknown = places.find((place) => !['{name}', '{folder}', '{parent}', '{vehicle}', '{*}'].includes(place))
  if (
    unknown !== undefined ||
    places.length === 0 ||
    (places.includes('{vehicle}') && places.some((place) => /name|folder|parent/.test(place)))
  ) {
    throw new FleetError(
      'usage.invalid',
      `--vehicle-id-from "${pattern}": use {name} and {parent}, or {vehicle} in a pattern of the path such as Data/{vehicle}/Trajectory/*.plt`,
    )
  }
  return places.includes('{vehicle}') ? byPath(pattern) : byParts(pattern)
}

const byParts =
  (pattern: string): IdOfPath =>
  (path) => {
    const parts = path.split('/').filter((part) => part !== '')
    const name = (parts.at(-1) ?? '').replace(PACKED, '').replace(/\.[^.]+$/, '')
    const parent = parts.at(-2) ?? ''
    if (name === '' || (parent === '' && /\{(folder|parent)\}/.test(pattern))) return undefined
    return pattern.replaceAll('{name}', () => name).replaceAll(/\{(?:folder|parent)\}/g, () => parent)
  }

const byPath = (pattern: string): IdOfPath => {
  const source = pattern
    .split(/(\{vehicle\}|\{\*\}|\*)/)
    .map((part) => PARTS[part] ?? escaped(part))
    .join('')
  const whole = new RegExp(`(?:^|/)${source}$`)
  return (path) => (whole.exec(path) ?? whole.exec(path.replace(PACKED, '')))?.groups?.['vehicle']
}
