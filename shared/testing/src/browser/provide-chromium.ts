import { execFile } from 'node:child_process'
import { access, constants, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'

const run = promisify(execFile)

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/homebrew/bin']
const APPLICATIONS = ['Google Chrome', 'Chromium'].flatMap((name) =>
  ['/Applications', join(homedir(), 'Applications')].map((folder) => `${folder}/${name}.app/Contents/MacOS/${name}`),
)

export interface ChromiumPlaces {
  /** The folders to look in; PATH and the usual ones by default. */
  readonly folders?: readonly string[]
  /** Programs by their whole path, after the folders; those of macOS by default. */
  readonly applications?: readonly string[]
  /** The one to take whatever else there is; `FLEET_CHROMIUM` by default. */
  readonly chosen?: string | undefined
}

export interface ProvideChromiumDeps extends ChromiumPlaces {
  /** Told what is being done when it takes a while. */
  readonly say?: (line: string) => void
}

/**
 * @returns the path of Chromium or Chrome, or undefined when there is none
 * @throws FleetError `browser.missing` when the chosen one is not a program
 */
export const findChromium = async ({
  folders = defaultFolders(),
  applications = APPLICATIONS,
  chosen = process.env['FLEET_CHROMIUM'],
}: ChromiumPlaces = {}): Promise<string | undefined> => {
  if (chosen !== undefined) {
    if (await isProgram(chosen)) return chosen
    throw new FleetError('browser.missing', `FLEET_CHROMIUM is ${chosen}, which is not a program`)
  }
  for (const path of [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...applications]) {
    if (await isProgram(path)) return path
  }
  return undefined
}

/**
 * Finds Chromium or Chrome; on Debian installs it when there is none and this process may.
 * @throws FleetError `browser.missing` with what to do
 */
export const provideChromium = async ({ say = () => {}, ...places }: ProvideChromiumDeps = {}): Promise<string> => {
  const found = await findChromium(places)
  if (found !== undefined) return found
  if (!(await hasApt()) || process.getuid?.() !== 0) throw missing()
  say('chromium not found: installing it with apt, which takes a minute')
  try {
    await installWithApt()
  } catch (cause) {
    throw missing(cause)
  }
  const installed = await findChromium(places)
  if (installed === undefined) throw missing()
  return installed
}

const defaultFolders = (): string[] => [
  ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
  ...USUAL_FOLDERS,
]

const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

const hasApt = async (): Promise<boolean> => {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && (await isProgram('/usr/bin/apt-get'))
}

const installWithApt = async (): Promise<void> => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () => run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'chromium'], { env })
  await install().catch(async () => {
    await run('apt-get', ['update', '-qq'], { env })
    await install()
  })
}

const missing = (cause?: unknown): FleetError =>
  new FleetError(
    'browser.missing',
    'neither Chromium nor Chrome is installed, which the tests in a browser need. Install one and try again: ' +
      '`sudo apt-get install chromium` (Debian), `sudo snap install chromium` (Ubuntu), ' +
      '`brew install --cask google-chrome` (macOS), or name one with FLEET_CHROMIUM=<path>' +
      (cause === undefined ? '' : ` (apt said: ${firstLine(reasonOf(cause))})`),
  )

const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('Command failed')) ?? text
