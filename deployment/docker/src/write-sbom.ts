import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A part of the image, as CycloneDX 1.6 has it. */
interface Component {
  readonly type: string
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly [more: string]: unknown
}

interface Bom {
  readonly components: readonly Component[]
  readonly dependencies?: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
  readonly metadata: { readonly component: Record<string, unknown>; readonly [more: string]: unknown }
  readonly [more: string]: unknown
}

/** Debian's description of an installed package: lines `Field: value`. */
const fieldOf = (status: string, field: string): string =>
  new RegExp(`^${field}: (.*)$`, 'm').exec(status)?.[1]?.trim() ?? ''

export const debianComponent = (status: string): Component => {
  const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((field) => fieldOf(status, field))
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=bookworm`
  return { type: 'library', 'bom-ref': purl, name, version, purl }
}

/** The list of pnpm, with the packages of Debian and Node itself, about the image. */
export const describeImage = (
  packages: Bom,
  added: readonly Component[],
  { version, revision }: { readonly version: string; readonly revision: string },
): Bom => ({
  ...packages,
  metadata: {
    ...packages.metadata,
    component: {
      ...packages.metadata.component,
      type: 'container',
      name: 'fleetlake',
      version,
      properties: [{ name: 'fleetlake:commit', value: revision }],
    },
  },
  components: [...packages.components, ...added],
})

const nodeComponent = (version: string): Component => {
  const purl = `pkg:generic/node@${version}`
  return { type: 'application', 'bom-ref': purl, name: 'node', version, purl, licenses: [{ license: { id: 'MIT' } }] }
}

if (import.meta.main) {
  const [list, image, version, revision] = process.argv.slice(2)
  const folder = join(image, 'var/lib/dpkg/status.d')
  const debian = readdirSync(folder).map((name) => debianComponent(readFileSync(join(folder, name), 'utf8')))
  const added = [...debian, nodeComponent(process.versions.node)]
  const target = join(image, 'usr/share/fleetlake')
  if (!existsSync(target)) mkdirSync(target, { recursive: true })
  const packages = JSON.parse(readFileSync(list, 'utf8')) as Bom
  writeFileSync(
    join(target, 'sbom.cdx.json'),
    `${JSON.stringify(describeImage(packages, added, { version, revision }), undefined, 2)}\n`,
  )
}
