import type { ArchiveClaim } from '@fleetlake/contracts'
import type { ErrorCode } from '@fleetlake/core'
import { humanBytes, humanCount, plural } from '@fleetlake/viewer-core'
import { ADOPT } from '../backup/advise.ts'
import { verdictOf } from '../backup/claim-verdict.ts'
import {
  type DiskFacts,
  type Facts,
  faultOf,
  type Finding,
  ok,
  type TableFacts,
  type Unknown,
  unknown,
  warning,
} from './facts.ts'
import { judgeClock } from './judge-hub.ts'

export const judgeArchive = (facts: Facts): Finding[] => [
  ...judgeStore(facts),
  ...judgeTable(facts),
  judgeLosses(facts),
  judgeRegistry(facts),
  ...facts.disks.map(judgeDisk),
]

const judgeStore = ({ store, config }: Facts): Finding[] => {
  if (store.isKnown) {
    return [
      ok(
        'store',
        `${config.archive.path} can be written, read, listed and deleted from, and creates an object once only`,
      ),
      judgeClock('store clock', 'the store', store.value),
    ]
  }
  return [faultOf('store', store.reason, 'check archive.path, its permissions and keys (docs/stores.md)')]
}

/** What is to be done about a table that says itself that it can't be used. A store that is slow or away says nothing of its tables. */
const TODO: Readonly<Partial<Record<ErrorCode, string>>> = {
  'table.damaged': 'see `fleet table repair`, which shows what it would do; else restore a backup',
  'table.invalid': 'see `fleet table repair`, which shows what it would do; else restore a backup',
  'format.newer': 'use the program of the release that wrote it',
}

const WITHOUT_TABLE = {
  ...TODO,
  'table.missing':
    'start a collector, which makes it; where there was one, check archive.path and its disk, or restore a backup (docs/operations/backup.md)',
}

const RESTORE_REGISTRY = 'restore its folder from a backup (docs/operations/backup.md): nobody can log in without it'
const WITHOUT_REGISTRY = {
  ...TODO,
  'table.damaged': RESTORE_REGISTRY,
  'table.invalid': RESTORE_REGISTRY,
  'table.missing': RESTORE_REGISTRY,
}

const judgeUnread = (check: string, { reason, code }: Unknown, todos: typeof TODO): Finding => {
  const todo = code && todos[code]
  return todo === undefined ? unknown(check, `not known: ${reason}`) : faultOf(check, reason, todo)
}

const judgeTable = ({ table, claim }: Facts): Finding[] => {
  if (!table.isKnown)
    return [judgeUnread('table', table, WITHOUT_TABLE), unknown('feeder', 'not known without the table')]
  const { version, files, warnings } = table.value
  const [first] = warnings
  return [
    first === undefined
      ? ok('table', `version ${humanCount(version)}, ${plural(files, 'file')}; its log is whole`)
      : warning('table', first, 'run `fleet table repair`, which shows what it would do'),
    claim.isKnown
      ? judgeFeeder(table.value, claim.value)
      : unknown('feeder', `what the hub says of the archive is not known: ${claim.reason}`),
    judgeSmallFiles(table.value),
  ]
}

const judgeFeeder = (table: TableFacts, claim: ArchiveClaim | undefined): Finding => {
  const { version, feeder } = table
  switch (verdictOf(claim, table)) {
    case 'agreed':
      return ok('feeder', 'the hub feeds this archive, and the archive says the same')
    case 'unfed':
      return ok('feeder', 'neither the hub nor the archive has another yet')
    case 'new-hub':
      return faultOf(
        'feeder',
        'the hub is new to this archive, which another hub has fed',
        `check hub.url; if the data of the other hub is lost, ${ADOPT}`,
      )
    case 'other-archive':
      return faultOf(
        'feeder',
        `the hub has fed another archive (${claim?.table})`,
        `check archive.path and that its disk is mounted; to go on with this one, ${ADOPT}`,
      )
    case 'other-hub':
      return faultOf(
        'feeder',
        `another hub (${feeder}) feeds this archive now`,
        `check hub.url; to have this hub feed it, stop the collectors of the other one and ${ADOPT}`,
      )
    case 'older':
      return faultOf(
        'feeder',
        `the archive is an older copy: it is at version ${version}, and the hub has fed version ${claim?.version}`,
        `restore a newer copy; to go on with this one, ${ADOPT}`,
      )
  }
}

const MANY_SMALL = 5_000

const judgeSmallFiles = ({ files, smallFiles }: TableFacts): Finding => {
  const what = `${plural(smallFiles, 'file')} of ${humanCount(files)} not compacted yet`
  if (smallFiles < MANY_SMALL) return ok('small files', what)
  return warning('small files', what, 'see whether a compactor runs and what it logs; searches get slow')
}

const judgeLosses = ({ losses }: Facts): Finding => {
  if (!losses.isKnown) return unknown('losses', `not known: ${losses.reason}`)
  if (losses.value === 0) return ok('losses', 'no loss is open')
  return warning(
    'losses',
    `${plural(losses.value, 'loss', 'losses')} of messages not settled: searches that may miss them are partial`,
    'see `fleet table losses`; bring in again what can be, then settle them',
  )
}

const judgeRegistry = ({ registry }: Facts): Finding => {
  if (!registry.isKnown) return judgeUnread('registry', registry, WITHOUT_REGISTRY)
  const [first] = registry.value
  if (first === undefined) return ok('registry', 'readable')
  return warning(
    'registry',
    `${first}${registry.value.length === 1 ? '' : ` (and ${registry.value.length - 1} more)`}`,
    'see `fleet registry`',
  )
}

const GIB = 1024 ** 3
const LITTLE = 0.1
const LEAST = 0.03

const judgeDisk = ({ setting, folder, space }: DiskFacts): Finding => {
  const check = `disk of ${setting}`
  if (!space.isKnown) return unknown(check, `not known: ${space.reason}`)
  const { freeBytes, totalBytes } = space.value
  const share = freeBytes / totalBytes
  const what = `${humanBytes(freeBytes)} of ${humanBytes(totalBytes)} are free at ${folder}`
  const todo = 'make room, or move it to a larger disk: what is full takes nothing more'
  if (share < LEAST || freeBytes < GIB / 4) return faultOf(check, what, todo)
  if (share < LITTLE && freeBytes < 20 * GIB) return warning(check, what, todo)
  return ok(check, what)
}
