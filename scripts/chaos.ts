import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reasonOf } from '@fleetlake/core'
import { countCompactions } from './chaos/archived-rows.ts'
import { parseChaosOptions, usage } from './chaos/options.ts'
import { isRight, playRound, type RoundReport, scenarioOf } from './chaos/round.ts'
import { SCENARIOS } from './chaos/scenarios.ts'
import { openWorld } from './chaos/world.ts'

const main = async (): Promise<number> => {
  const options = parseChaosOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log(usage)
    return 0
  }
  const scenarios = SCENARIOS.filter(({ name }) => options.only.length === 0 || options.only.includes(name))
  const dataDir = await mkdtemp(join(tmpdir(), 'fleetlake-chaos-'))
  const say = (line: string): void => console.error(line)
  const world = await openWorld({ dataDir, seed: options.seed, say, hear: options.verbose ? say : () => undefined })
  const reports: RoundReport[] = []
  let compactions = 0
  try {
    for (let round = 0; round < options.rounds; round++) {
      const scenario = scenarioOf(scenarios, round)
      say(`round ${round + 1} of ${options.rounds}: ${scenario.name}`)
      const report = await playRound(world, scenario, round)
      reports.push(report)
      say(`  ${report.rows} rows, lost ${report.lost}, doubled ${report.doubled}`)
      for (const failure of report.failures) say(`  FAILED: ${failure}`)
    }
    compactions = await countCompactions(world.archivePath)
  } finally {
    await world.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
  const sum = (value: (report: RoundReport) => number): number =>
    reports.reduce((total, each) => total + value(each), 0)
  const summary = {
    rounds: reports.length,
    kills: world.kills(),
    compactions,
    rows: sum(({ rows }) => rows),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    failures: reports.flatMap(({ round, scenario, failures }) =>
      failures.map((failure) => `round ${round + 1}, ${scenario}: ${failure}`),
    ),
  }
  if (options.json) console.log(JSON.stringify(summary))
  else console.log(summary)
  return reports.every(isRight) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
