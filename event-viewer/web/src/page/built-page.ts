import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { FleetError } from '@fleetlake/core'
import { hashInlineScripts } from './inline-scripts.ts'

/** What `nuxt generate` writes for every page that it does not know. */
export const FALLBACK = '200.html'

export interface BuiltPage {
  readonly folder: string
  /** What the policy must allow of the page as it is built now: a build that takes its place is seen. */
  scripts(): readonly string[]
}

/** @throws FleetError `viewer.page-missing` with the command that builds it */
export const openBuiltPage = (folder: string): BuiltPage => {
  const fallback = join(folder, FALLBACK)
  let known: { readonly builtAt: number; readonly scripts: readonly string[] } | undefined
  const look = (): readonly string[] => {
    const builtAt = statSync(fallback, { throwIfNoEntry: false })?.mtimeMs
    // While one build takes the place of another, the page is the one before.
    if (builtAt === undefined || builtAt === known?.builtAt) return known?.scripts ?? []
    known = { builtAt, scripts: hashScriptsOf(folder) }
    return known.scripts
  }
  look()
  if (known === undefined) {
    throw new FleetError('viewer.page-missing', `the page is not built, ${fallback} is missing: run \`npm run build\``)
  }
  return { folder, scripts: look }
}

const hashScriptsOf = (folder: string): string[] => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
  return [...new Set(files.flatMap((file) => hashInlineScripts(readFileSync(join(folder, file), 'utf8'))))]
}
