import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One folder for all that a test run leaves behind; it goes when the run ends. */
export default (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetlake-test-'))
  process.env['TMPDIR'] = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
