/** A package as the package manager lists it. */
export interface ListedPackage {
  readonly name: string
  readonly versions: readonly string[]
  /** As the package says it: an SPDX expression, mostly. */
  readonly license: string
}

/** What may be shipped and used without being asked for more than its notice, or for the sources of changes to the package itself (MPL-2.0). */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'OFL-1.1',
  'Unlicense',
])

interface ReadLicence {
  readonly said: string
  readonly is: string
}

/** What packages that don't say it in SPDX's words are under, by the text of their licence. What says something else than when it was read has to be read again. */
const READ: Readonly<Record<string, ReadLicence>> = {
  '@mapbox/sphericalmercator': { said: 'BSD', is: 'BSD-3-Clause' },
  'gps-distance': { said: 'BSD', is: 'BSD-3-Clause' },
  'gpx-parse': { said: 'Unknown', is: 'Apache-2.0' },
  'gtfs-realtime-bindings': { said: 'Apache 2.0', is: 'Apache-2.0' },
  'splaytree-ts': { said: 'BDS-3-Clause', is: 'BSD-3-Clause' },
  // Its README: released as public domain.
  'uri-templates': { said: 'http://geraintluff.github.io/tv4/LICENSE.txt', is: 'Unlicense' },
  // Of its repository; the package has no text.
  'vaul-vue': { said: 'Unknown', is: 'MIT' },
}
/** The programs of nodejs-polars, one for each platform, are under its own licence. */
const POLARS_PROGRAM = { name: /^nodejs-polars-/, said: 'SEE LICENSE IN LICENSE', is: 'MIT' }

const readLicenceOf = (name: string): ReadLicence | undefined =>
  POLARS_PROGRAM.name.test(name) ? POLARS_PROGRAM : READ[name]

export const licenceOf = ({ name, license }: ListedPackage): string => {
  const read = readLicenceOf(name)
  return read?.said === license ? read.is : license
}

/** Of `A OR B` one is enough, of `A AND B` both are needed; what has more levels is not allowed until somebody has read it. */
export const isAllowed = (expression: string): boolean => {
  const bare = expression.replace(/^\((.*)\)$/, '$1')
  if (bare.includes(' OR ')) return !bare.includes(' AND ') && bare.split(' OR ').some((id) => ALLOWED.has(id))
  return bare.split(' AND ').every((id) => ALLOWED.has(id))
}

/** A line for each package whose licence is not allowed. */
export const licenceFaults = (packages: readonly ListedPackage[]): string[] =>
  packages
    .filter((each) => !isAllowed(licenceOf(each)))
    .map(
      (each) =>
        `${each.name} ${each.versions.join(', ')} is under '${licenceOf(each)}', which is not among the allowed licences: read it, then do without the package or add it to scripts/checks/licences.ts`,
    )

/** By licence, the one of most packages first. */
export const listLicences = (packages: readonly ListedPackage[]): string[] => {
  const byLicence = Map.groupBy(packages, licenceOf)
  return [...byLicence]
    .toSorted(([a, x], [b, y]) => y.length - x.length || a.localeCompare(b))
    .map(
      ([licence, of]) => `${licence}: ${of.map(({ name, versions }) => `${name} ${versions.join(', ')}`).join('; ')}`,
    )
}
