import { FleetError, reasonOf } from '@fleetlake/core'
import { FIRST_RELEASE, provideRelease } from './upgrade/provide-release.ts'
import { runUpgrade } from './upgrade/run-upgrade.ts'

/** `npm run test:upgrade`: an old release under load, then this one on its streams and archive. It needs the history and the npm registry. */

const isVerbose = process.argv.includes('--verbose')
const say = (line: string): void => {
  if (isVerbose) console.error(line)
}

try {
  const release = await provideRelease(FIRST_RELEASE, (line) => console.error(line))
  console.error(`running Fleetlake ${FIRST_RELEASE.version} under load, then this one`)
  const report = await runUpgrade(release, say)
  console.log(JSON.stringify(report, undefined, 2))
  const { acknowledged, wrong, search } = report
  if (wrong > 0 || search.status !== 'complete' || search.rows !== acknowledged.all) {
    console.error('not every position is there once')
    process.exitCode = 1
  } else console.error(`all ${acknowledged.all} positions are in the archive, once, and are found`)
} catch (error) {
  console.error(error instanceof FleetError ? reasonOf(error) : error)
  process.exitCode = 1
}
