import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { provideNatsServer } from '@fleetlake/nats-server'
import { reasonOf } from '@fleetlake/core'
import { provideCeph, provideChdb } from '@fleetlake/testing'
import { runVitest } from './run-vitest.ts'

/** Everything that must hold: the checks first, since they are quick, then every test. Arguments go to vitest. */
const checks: [name: string, command: string, ...args: string[]][] = [
  ['lint', 'oxlint', '--quiet'],
  ['format', 'oxfmt', '--check'],
  ['types', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['page', 'node', 'scripts/checks/check-page.ts'],
  ['browser', 'tsc', '--noEmit', '-p', 'scripts/viewer/tsconfig.json'],
  ['bench', 'tsc', '--noEmit', '-p', 'event-viewer/web/bench/tsconfig.json'],
  ['imports', 'node', 'scripts/checks/check-imports.ts'],
  ['packages', 'node', 'scripts/checks/check-dependencies.ts'],
]

type Result = { name: string; code: number; seconds: string; output: string }

const runCheck = async (name: string, command: string, args: readonly string[]): Promise<Result> => {
  const startedAt = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code] = await once(child, 'close')
  return { name, code: code as number, seconds: since(startedAt), output: Buffer.concat(chunks).toString().trimEnd() }
}

const since = (startedAt: number): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`

try {
  await provideNatsServer({ say: (line) => console.log(line) })
  // The tests of S3 and of ClickHouse say what is missing where it can't be had.
  await provideCeph((line) => console.log(line)).catch(() => undefined)
  await provideChdb((line) => console.log(line)).catch(() => undefined)
  const results = await Promise.all(checks.map(([name, command, ...args]) => runCheck(name, command, args)))
  const failed = results.filter(({ code }) => code !== 0)
  for (const { name, code, seconds } of results)
    console.log(`${name.padEnd(8)} ${code === 0 ? 'ok    ' : 'failed'} ${seconds}`)
  // What could not be checked is told, though nothing has failed.
  for (const { name, code, output } of results) if (name === 'packages' && code === 0) console.log(output)
  for (const { name, output } of failed) console.log(`\n${name} failed:\n${output}`)
  if (failed.length > 0) {
    console.log(`\n${results.length - failed.length} passed, ${failed.length} failed`)
    process.exitCode = 1
  } else {
    process.exitCode = await runVitest(process.argv.slice(2))
  }
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
