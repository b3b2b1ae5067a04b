import { collectGarbageLess } from '@fleetlake/service'
import { runFleet } from './cli.ts'

collectGarbageLess()
process.exitCode = await runFleet(process.argv.slice(2))
