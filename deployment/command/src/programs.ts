/** What `fleetlake` runs by each word, from the repository's root, and what it is for. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map([
  ['hub', { file: 'event-hub/src/main.ts', purpose: 'nats-server with its streams, of a program that is on PATH' }],
  ['generator', { file: 'event-generator/src/main.ts', purpose: 'vehicles that drive through a city' }],
  ['collector', { file: 'event-collector/src/main.ts', purpose: 'from the streams into the archive' }],
  ['compactor', { file: 'event-collector/src/compactor.ts', purpose: 'small files of the archive into large ones' }],
  ['projector', { file: 'event-projector/src/main.ts', purpose: 'tables that are derived from the archive' }],
  ['finder', { file: 'event-finder/src/main.ts', purpose: 'answers searches' }],
  ['viewer', { file: 'event-viewer/web/src/main.ts', purpose: 'the page' }],
  ['gateway', { file: 'event-gateway/src/main.ts', purpose: 'logins of people and programs' }],
  ['fleet', { file: 'event-viewer/terminal/src/main.ts', purpose: 'the terminal client: fleetlake fleet --help' }],
])

export interface Program {
  readonly file: string
  readonly purpose: string
}

/** Where its program is. */
export const urlOf = ({ file }: Program): URL => new URL(`../../../${file}`, import.meta.url)
