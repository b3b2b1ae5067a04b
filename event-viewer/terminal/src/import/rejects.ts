import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { FleetError, printableInLine } from '@fleetlake/core'
import { refusedLine, type RefusedRow } from '@fleetlake/intake'
import { plural } from '@fleetlake/viewer-core'

/** Keeps what an import did not take. */
export interface Rejects {
  readonly reject: (row: RefusedRow) => void
  /** Tells of rows that an earlier run has refused and that are not to be had any more. */
  readonly miss: (rows: number) => void
  /** Resolves when the file may take more. */
  readonly pause: () => Promise<void>
  /** @throws FleetError `import.invalid` when not all could be written */
  close(): Promise<void>
}

export interface RejectsOptions {
  /** Takes all of them as NDJSON: file, place, reason, detail, text. */
  readonly path?: string | undefined
  /** Takes a line for people for each of the first. */
  readonly say: (line: string) => void
}

/** Rejected rows that are shown in full. */
export const SHOWN = 20
const SHOWN_CHARACTERS = 200

export const createRejects = ({ path, say }: RejectsOptions): Rejects => {
  const out = path === undefined ? undefined : createWriteStream(path)
  let shown = 0
  let fault: Error | undefined
  out?.on('error', (error) => {
    fault = error
  })
  return {
    reject: (row) => {
      const { file, counts, place, reason, detail, text } = row
      if (shown < SHOWN) {
        say(printableInLine(`${file}, ${counts} ${place}: ${reason} (${detail}): ${text.slice(0, SHOWN_CHARACTERS)}`))
      }
      if (shown === SHOWN)
        say(
          `more rows are rejected; ${path === undefined ? '--rejects <file> keeps all of them' : `all of them are in ${path}`}`,
        )
      shown++
      out?.write(refusedLine(row))
    },
    miss: (rows) =>
      say(
        `${plural(rows, 'row')} that the import refused before it went on ${rows === 1 ? 'is' : 'are'} counted${path === undefined ? '' : `, but not in ${path}`}: they are not kept`,
      ),
    pause: async () => {
      if (out?.writableNeedDrain === true && fault === undefined) await once(out, 'drain').catch(() => undefined)
      if (fault !== undefined) throw unwritable(path, fault)
    },
    close: async () => {
      if (out === undefined) return
      out.end()
      await finished(out).catch((error: Error) => {
        fault ??= error
      })
      if (fault !== undefined) throw unwritable(path, fault)
    },
  }
}

const unwritable = (path: string | undefined, cause: Error): FleetError =>
  new FleetError('import.invalid', `--rejects ${path} can't be written`, { cause })
