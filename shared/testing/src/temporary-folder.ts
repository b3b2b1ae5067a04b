import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders: string[] = []

/** A fresh folder that is removed when this process ends, or with the test run's own folder. */
export const temporaryFolder = async (): Promise<string> => {
  if (folders.length === 0) {
    process.once('exit', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    })
  }
  const folder = mkdtempSync(join(tmpdir(), 'fleetlake-'))
  folders.push(folder)
  return folder
}
