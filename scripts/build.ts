import { reasonOf } from '@fleetlake/core'
import { providePage } from './page/provide-page.ts'

/** Builds the page of the viewer, when it has changed. */
const aborter = new AbortController()
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, () => aborter.abort())

try {
  console.log(await providePage({ say: (line) => console.log(line), signal: aborter.signal }))
} catch (error) {
  console.error(aborter.signal.aborted ? 'Interrupted; the next run builds again.' : reasonOf(error))
  process.exitCode = 1
}
// The channel to the parent process would keep it alive.
process.disconnect?.()
