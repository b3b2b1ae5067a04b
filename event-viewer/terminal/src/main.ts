import { runFleet } from './cli.ts'

process.exitCode = await runFleet(process.argv.slice(2))
