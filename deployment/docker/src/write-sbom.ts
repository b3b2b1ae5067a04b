import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
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

/** A package that is not installed in the image; what the page was built with, which has parts of many of them. */
const OF_PAGE = { name: 'fleetlake:part', value: 'build of the page' }

/** The list of pnpm for the programs, with that of the page's build, the packages of Debian and Node itself, about the image. */
export const describeImage = (
  { programs, page, added }: { readonly programs: Bom; readonly page: Bom; readonly added: readonly Component[] },
  { version, revision }: { readonly version: string; readonly revision: string },
): Bom => {
  const installed = new Set(programs.components.map(({ purl }) => purl))
  const ofPage = page.components.filter(({ purl }) => !installed.has(purl))
  return {
    ...programs,
    metadata: {
      ...programs.metadata,
      component: {
        ...programs.metadata.component,
        type: 'container',
        name: 'fleetlake',
        version,
        properties: [{ name: 'fleetlake:commit', value: revision }],
      },
    },
    components: [
      ...programs.components,
      ...ofPage.map((component) => ({ ...component, properties: [OF_PAGE] })),
      ...added,
    ],
  }
}

const nodeComponent = (version: string): Component => {
  const purl = `pkg:generic/node@${version}`
  return { type: 'application', 'bom-ref': purl, name: 'node', version, purl, licenses: [{ license: { id: 'MIT' } }] }
}

const readBom = (file: string): Bom => JSON.parse(readFileSync(file, 'utf8')) as Bom

if (import.meta.main) {
  const [programs, page, image, version, revision] = process.argv.slice(2)
  const folder = join(image, 'var/lib/dpkg/status.d')
  const debian = readdirSync(folder).map((name) => debianComponent(readFileSync(join(folder, name), 'utf8')))
  const added = [...debian, nodeComponent(process.versions.node)]
  const target = join(image, 'usr/share/fleetlake')
  mkdirSync(target, { recursive: true })
  const bom = describeImage({ programs: readBom(programs), page: readBom(page), added }, { version, revision })
  writeFileSync(join(target, 'sbom.cdx.json'), `${JSON.stringify(bom, undefined, 2)}\n`)
}
