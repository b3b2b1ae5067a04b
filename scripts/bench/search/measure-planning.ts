import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What `npm run bench:planning` measures, as far as a search feels it. */
export interface PlanningFigures {
  readonly files: number
  readonly coldMs: number
  readonly refreshMs: number
  readonly planMs: number
  readonly rssMb: number
}

export const measurePlanning = async (): Promise<PlanningFigures> => {
  const script = join(import.meta.dirname, '../../bench-planning.ts')
  const { stdout } = await run(process.execPath, [script, '--json', '--repetitions', '5'])
  const report = JSON.parse(stdout.trim().split('\n').at(-1)!) as { readonly planning: PlanningFigures }
  const { files, coldMs, refreshMs, planMs, rssMb } = report.planning
  return { files, coldMs, refreshMs, planMs, rssMb }
}
