import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { importSettings } from '@fleetlake/intake'
import { z } from 'zod'

const count = z.number().int().min(0)

/** What is kept of an import of a page beside its files, so that the next viewer knows it. */
const importRecord = z.object({
  version: z.literal(1),
  phase: z.enum(['open', 'running', 'ended']),
  createdMs: z.number(),
  touchedMs: z.number(),
  files: z.array(z.object({ name: z.string(), bytes: count, digest: z.string() })),
  settings: importSettings.optional(),
  job: z.string().optional(),
  said: z.array(z.string()),
  outcome: z
    .object({
      status: z.enum(['complete', 'stopped', 'failed']),
      text: z.string(),
      period: z.object({ from: z.string(), to: z.string() }).optional(),
    })
    .optional(),
  refused: count,
  kept: count,
})
export type ImportRecord = z.output<typeof importRecord>

const pathIn = (folder: string): string => join(folder, 'import.json')

/** Undefined where there is none, or none of this form. */
export const readImportRecord = async (folder: string): Promise<ImportRecord | undefined> => {
  try {
    return importRecord.parse(JSON.parse(await readFile(pathIn(folder), 'utf8')))
  } catch {
    return undefined
  }
}

/** Replaces it as a whole. */
export const writeImportRecord = async (folder: string, record: ImportRecord): Promise<void> => {
  const next = `${pathIn(folder)}.next`
  await writeFile(next, JSON.stringify(record))
  await rename(next, pathIn(folder))
}
