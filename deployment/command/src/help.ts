import { PROGRAMS } from './programs.ts'

export const help = (): string =>
  [
    'fleetlake <what> [flags]',
    '',
    ...[...PROGRAMS].map(([word, { purpose }]) => `  ${word.padEnd(10)} ${purpose}`),
    `  ${'health'.padEnd(10)} whether the service in this container is ready, at FLEET_OPS_PORT (9464): exit code 0 or 1`,
    '',
    'fleetlake <what> --help lists its settings, --version tells version and commit.',
  ].join('\n')

/** What to say to a word that is none of ours. */
export const unknownWord = (word: string): string =>
  `fleetlake knows no '${word.slice(0, 40)}': say one of ${[...PROGRAMS.keys(), 'health'].join(', ')}, or --help`
