import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { reasonOf } from '@fleetlake/core'
import { readOptions, wholeNumber } from './read-options.ts'

const usage = `npm run test:projections -- [--runs 5000]

Whatever happens to the table of positions and to projectors, projections come to what their batch computation comes to: so many made-up stories.`

const main = async (): Promise<number> => {
  const options = readOptions('npm run test:projections', process.argv.slice(2), {
    runs: { type: 'string', default: '5000' },
    help: { type: 'boolean' },
  })
  if (options.help) {
    console.log(usage)
    return 0
  }
  const runs = wholeNumber('runs', options.runs, 1)
  const child = spawn('vitest', ['run', '--project', 'unit', 'shared/projections/src/engine/step-buckets.test.ts'], {
    stdio: 'inherit',
    env: { ...process.env, FLEETLAKE_PROJECTION_RUNS: String(runs) },
  })
  const [code] = await once(child, 'exit')
  return (code as number | null) ?? 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
