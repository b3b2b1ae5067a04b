import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  checkImport,
  type ImportAdvice,
  importIntoHub,
  type ImportHooks,
  type ImportProgress,
  type ImportResult,
  type ImportSettings,
  tryImport,
} from '@fleetlake/intake'
import { describeImport, humanBytes, humanCount, mappingText, plural } from '@fleetlake/viewer-core'
import type { CommandContext } from '../commands/context.ts'
import { INTERRUPTED } from '../terminal/interrupt.ts'
import { createProgress } from '../terminal/progress.ts'
import { withHub } from '../terminal/with-hub.ts'
import { createRejects } from './rejects.ts'

/** What the command line says beside the settings of the import. */
export interface ImportFlags {
  readonly rejects?: string
  readonly dryRun?: boolean
  readonly wait: boolean
  readonly restart?: boolean
}

export const runImport = async (
  files: readonly string[],
  { settings, flags }: { settings: ImportSettings; flags: ImportFlags },
  context: CommandContext,
): Promise<void> => {
  const { terminal, signal } = context
  const config = context.config()
  const listed = await checkImport({ files, settings })
  const rejects = createRejects({ path: flags.rejects, say: terminal.say })
  let bar: ReturnType<typeof createProgress> | undefined
  const onProgress = (progress: ImportProgress): void => {
    bar ??= createProgress({ title: 'reading', total: progress.bytes, isWatched: terminal.isWatched })
    bar.update(progress.bytesDone, progressText(progress))
  }
  const hooks: ImportHooks = {
    onMapping: (mapping) => context.json() || terminal.say(mappingText(mapping, LEFT_OUT_ADVICE)),
    onProgress,
    onRefused: rejects.reject,
    onRefusedUnkept: rejects.miss,
    whenKept: rejects.pause,
    say: (sentence) => terminal.say(sentence),
  }
  const request = { files, listed, settings, signal, hooks, config }
  const run = (): Promise<ImportResult> =>
    flags.dryRun === true
      ? tryImport(request)
      : withHub(config, context, (hub) =>
          importIntoHub({
            ...request,
            hub,
            records: recordsFolder(process.env),
            advice: ADVICE,
            restart: flags.restart,
            wait: flags.wait,
          }),
        )
  try {
    const result = await run()
    await rejects.close()
    bar?.stop()
    const described = describeImport(result, {
      isDryRun: flags.dryRun === true,
      wait: flags.wait,
      retentionMs: config.archive.retentionMs,
      nowMs: Date.now(),
    })
    terminal.print(context.json() ? JSON.stringify(described.object) : described.text)
    context.exitWith(exitCodeOf(result))
  } finally {
    bar?.stop()
  }
}

const LEFT_OUT_ADVICE = 'to import one, use --columns <measure>=<field>'
const ADVICE: ImportAdvice = { restart: '--restart begins at the first row', endWait: 'Ctrl-C ends the wait' }

const progressText = ({ files, filesDone, bytesDone, rows, elapsedMs }: ImportProgress): string => {
  const rate = elapsedMs < 1_000 ? '' : ` · ${humanCount(Math.round((rows / elapsedMs) * 1000))} rows/s`
  const ofFiles = files > 1 ? `${humanCount(filesDone)} of ${plural(files, 'file')} · ` : ''
  return `${ofFiles}${humanBytes(bytesDone)} · ${plural(rows, 'row')}${rate}`
}

/** An import of no row is a failure, and so is a file that could not be read; rejected rows are not, they are listed. */
const exitCodeOf = ({ tally, status, filesFailed }: ImportResult): number => {
  if (status === 'stopped') return INTERRUPTED
  return tally.rows === 0 || filesFailed > 0 ? 1 : 0
}

/** Where records of imports are kept: what programs know of a user between two runs, as the XDG specification of base directories has it. */
const recordsFolder = ({ XDG_STATE_HOME: state }: NodeJS.ProcessEnv): string =>
  join(state === undefined || state === '' ? join(homedir(), '.local', 'state') : state, 'fleetlake', 'imports')
