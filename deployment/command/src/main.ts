#!/usr/bin/env node
import { askHealth, readinessUrl } from './ask-health.ts'
import { help, unknownWord } from './help.ts'
import { PROGRAMS, urlOf } from './programs.ts'

const USAGE = 2
const [word = '--help', ...rest] = process.argv.slice(2)

const tellHealth = async (): Promise<void> => {
  const { isReady, said } = await askHealth(readinessUrl(process.env), process.env.FLEET_OPS_TOKEN)
  console.log(said)
  process.exitCode = isReady ? 0 : 1
}

const tellVersion = async (): Promise<void> => {
  const { describeVersion } = await import('@fleetlake/service/version')
  console.log(`fleetlake ${describeVersion()}`)
}

/** Runs a program as this process, so that signals reach it. */
const run = async (): Promise<void> => {
  const program = PROGRAMS.get(word)
  if (program === undefined) {
    console.error(unknownWord(word))
    process.exitCode = USAGE
    return
  }
  const url = urlOf(program)
  process.argv = [process.argv[0], url.pathname, ...rest]
  await import(url.href)
}

if (word === '--help' || word === '-h' || word === 'help') console.log(help())
else if (word === '--version') await tellVersion()
else if (word === 'health') await tellHealth()
else await run()
