import { reasonOf } from '@fleetlake/core'
import { readOptions, wholeNumber } from './read-options.ts'
import { runVitest } from './run-vitest.ts'

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
  return runVitest(['--project', 'unit', 'shared/projections/src/engine/step-buckets.test.ts'], {
    FLEETLAKE_PROJECTION_RUNS: String(runs),
  })
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
