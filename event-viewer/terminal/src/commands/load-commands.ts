import type { Command } from 'commander'
import type { CommandContext } from './context.ts'

type AddCommand = (program: Command, context: CommandContext) => void

/** In the order in which they are listed. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  generate: async () => (await import('./generate.ts')).addGenerate,
  query: async () => (await import('./query.ts')).addQuery,
  latest: async () => (await import('./latest.ts')).addLatest,
  track: async () => (await import('./track.ts')).addTrack,
  stats: async () => (await import('./stats.ts')).addStats,
  table: async () => (await import('./table.ts')).addTable,
  import: async () => (await import('./import.ts')).addImport,
  'dead-letters': async () => (await import('./dead-letters.ts')).addDeadLetters,
  audit: async () => (await import('./audit.ts')).addAudit,
  accounts: async () => (await import('./accounts.ts')).addAccounts,
  tokens: async () => (await import('./tokens.ts')).addTokens,
  groups: async () => (await import('./groups.ts')).addGroups,
  areas: async () => (await import('./areas.ts')).addAreas,
  registry: async () => (await import('./registry.ts')).addRegistry,
  estimate: async () => (await import('./estimate.ts')).addEstimate,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
  backup: async () => (await import('./backup.ts')).addBackup,
  restore: async () => (await import('./restore.ts')).addRestore,
}

/**
 * The command of a name, without the code of the others: to load that takes longer than most commands do. All of them where none has the name,
 * since the list of commands and the suggestions need all.
 */
export const loadCommands = (name: string | undefined): Promise<AddCommand[]> => {
  const named = name !== undefined && Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS)
  return Promise.all(named.map((load) => load()))
}
