import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { reasonOf } from '@fleetlake/core'
import { pnpm } from '../bootstrap/install.mjs'
import { type Advisory, advisoryFaults } from './advisories.ts'
import { licenceFaults, type ListedPackage, listLicences } from './licences.ts'

/**
 * The licences of all packages, and what is known against them. Advisories are told and fail nothing, since they come without any change here; with `--audit` they fail.
 * With `--list`: the licences of what is shipped. A registry that does not answer is told.
 */
const run = promisify(execFile)

interface Said {
  readonly stdout: string
  readonly stderr: string
}

const isSaid = (error: unknown): error is Said => error instanceof Error && 'stdout' in error && 'stderr' in error

/** pnpm ends an audit that has found something as a failure, and says it all the same. */
const ask = async (...args: string[]): Promise<Said> => {
  try {
    return await run('npx', ['--yes', pnpm, ...args], { maxBuffer: 2 ** 26, timeout: 120_000 })
  } catch (error) {
    if (isSaid(error)) return error
    throw error
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Undefined where pnpm itself can't be had. */
const listPackages = async (...args: string[]): Promise<ListedPackage[] | undefined> => {
  const listed = parsed((await ask('--recursive', ...args, 'licenses', 'list', '--json')).stdout)
  return listed === undefined ? undefined : Object.values(listed as Record<string, ListedPackage[]>).flat()
}

const lastLine = (text: string): string =>
  text
    .trim()
    .replaceAll(/[\s×│]+/g, ' ')
    .slice(0, 200)

const withoutRepeats = (packages: readonly ListedPackage[]): ListedPackage[] => [
  ...new Map(packages.map((each) => [`${each.name} ${each.license} ${each.versions.join()}`, each])).values(),
]

const checkLicences = async (): Promise<string[]> => {
  const packages = await listPackages()
  if (packages === undefined) {
    console.log('licences were not checked: pnpm could not be had')
    return []
  }
  console.log(`licences of ${packages.length} packages checked`)
  return licenceFaults(packages)
}

const audit = async (): Promise<string[]> => {
  const { stdout, stderr } = await ask('audit', '--json')
  const said = parsed(stdout) as { advisories?: Record<string, Advisory> } | undefined
  if (said?.advisories === undefined) {
    console.log(`the packages were not audited, the registry did not answer: ${lastLine(stdout + stderr)}`)
    return []
  }
  const advisories = Object.values(said.advisories)
  console.log(`audited: ${advisories.length} advisories`)
  return advisoryFaults(advisories)
}

const list = async (): Promise<void> => {
  // What the page is built of is in the page.
  const lists = [await listPackages('--prod'), await listPackages('--filter', '@fleetlake/event-viewer-web')]
  const packages = lists.every((each) => each !== undefined) ? withoutRepeats(lists.flat()) : undefined
  if (packages === undefined) throw new Error('pnpm could not be had: is a registry of npm reachable?')
  console.log(listLicences(packages).join('\n'))
}

const check = async (isAudit: boolean): Promise<void> => {
  const [licences, advisories] = await Promise.all([checkLicences(), audit()])
  for (const fault of [...licences, ...advisories]) console.error(fault)
  process.exitCode = licences.length > 0 || (isAudit && advisories.length > 0) ? 1 : 0
}

try {
  await (process.argv.includes('--list') ? list() : check(process.argv.includes('--audit')))
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
