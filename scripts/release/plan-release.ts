/** A file of the repository, by its path from the root. */
export interface RepositoryFile {
  readonly path: string
  readonly text: string
}

export interface ReleaseInput {
  readonly version: string
  /** UTC date, as in `2026-11-30`. */
  readonly date: string
  readonly changelog: RepositoryFile
  /** Every package.json of the workspace, the root's first. */
  readonly manifests: readonly RepositoryFile[]
  /** Those that name the image. */
  readonly deployments: readonly RepositoryFile[]
}

export interface Release {
  readonly tag: string
  readonly message: string
  /** Those that change, with their new text. */
  readonly files: readonly RepositoryFile[]
  /** What the changelog says of it. */
  readonly notes: string
}

/** Of three numbers: there are no pre-releases. */
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/
const UNRELEASED = /^## Unreleased[ \t]*\n/m

const versionOf = ({ text }: RepositoryFile): string => (JSON.parse(text) as { version: string }).version

const numbersOf = (version: string): number[] => VERSION.exec(version)?.slice(1).map(Number) ?? []

const isAfter = (version: string, before: string): boolean => {
  const [a, b] = [numbersOf(version), numbersOf(before)]
  const different = a.findIndex((number, index) => number !== b[index])
  return different >= 0 && a[different] > b[different]
}

/** A name ends where its tag does. */
const nameImage = (text: string, present: string, version: string): string =>
  text.replaceAll(new RegExp(`\\bfleetlake:${RegExp.escape(present)}(?![\\w.-])`, 'g'), `fleetlake:${version}`)

/**
 * What a release changes: the version of every package and of the image where it is named, and the head of what was not released in the changelog.
 * @throws Error with what is wrong and what to do
 */
export const planRelease = ({ version, date, changelog, manifests, deployments }: ReleaseInput): Release => {
  if (!VERSION.test(version)) throw new Error(`'${version}' is not a version: say one like 1.2.0`)
  const present = versionOf(manifests[0])
  const others = manifests.filter((manifest) => versionOf(manifest) !== present)
  if (others.length > 0)
    throw new Error(`all packages carry one version, ${present}, but not ${others.map(({ path }) => path).join(', ')}`)
  if (!isAfter(version, present)) throw new Error(`${version} does not come after ${present}`)
  const [before, after] = changelog.text.split(UNRELEASED)
  const notes = after?.split(/^## /m)[0].trim() ?? ''
  if (notes === '') throw new Error(`${changelog.path} says nothing under "## Unreleased": write what users notice`)
  return {
    tag: `v${version}`,
    message: `Release ${version}`,
    files: [
      { path: changelog.path, text: `${before}## Unreleased\n\n## ${version} (${date})\n${after}` },
      ...manifests.map(({ path, text }) => ({
        path,
        text: text.replace(/^( {2}"version": )"[^"]*"/m, `$1"${version}"`),
      })),
      ...deployments.map(({ path, text }) => ({ path, text: nameImage(text, present, version) })),
    ],
    notes,
  }
}
