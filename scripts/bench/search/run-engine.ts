import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { EngineFigures, EngineJob } from './engine.ts'

const run = promisify(execFile)

/** Has another engine search, in a process of its own. */
export const runEngine = async (job: EngineJob, folder: string): Promise<EngineFigures> => {
  const file = join(folder, 'job.json')
  await writeFile(file, JSON.stringify(job))
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'engine.ts'), file])
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}
