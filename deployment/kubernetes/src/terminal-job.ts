import { parseArgs } from 'node:util'
import { FleetError, reasonOf } from '@fleetlake/core'
import { stringify } from 'yaml'
import { CLUSTERS } from './clusters/index.ts'
import { CLAIM_FOLDER, terminalJob } from './services/terminal-job.ts'

const USAGE = `npm run --silent kubernetes:fleet -- <cluster> [--claim name] -- <words of fleet> | kubectl create -f -

A Job that runs the terminal client once within a cluster: ${Object.keys(CLUSTERS).join(', ')}.

  --claim  a PersistentVolumeClaim of the namespace, which it finds at ${CLAIM_FOLDER}`

try {
  const { values, positionals } = parseArgs({
    options: { claim: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  })
  if (values.help === true) console.log(USAGE)
  else {
    const [name = '', ...words] = positionals
    const props = CLUSTERS[name]
    if (props === undefined || words.length === 0) throw new FleetError('usage.invalid', USAGE)
    console.log(
      stringify(terminalJob(props, { words, ...(values.claim === undefined ? {} : { claim: values.claim }) })),
    )
  }
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
