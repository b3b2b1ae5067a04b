import { parseArgs } from 'node:util'
import { type Disaster, DISASTERS } from './simulation/disasters.ts'
import { simulate } from './simulation/simulate.ts'

const parseDisaster = (name: string): Disaster => {
  const found = DISASTERS.find((disaster) => disaster === name)
  if (found === undefined) throw new Error(`"${name}" is none of ${DISASTERS.join(', ')}`)
  return found
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    disasters: { type: 'string', default: '0' },
    disaster: { type: 'string', multiple: true },
    story: { type: 'boolean', default: false },
  },
})

let failed = 0
for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed++) {
  const beganMs = performance.now()
  const report = await simulate({
    seed,
    minutes: Number(values.minutes),
    disasters: values.disaster?.map(parseDisaster) ?? Number(values.disasters),
    onLine: values.story ? (line) => console.log(line) : undefined,
  })
  const { failures, lines: _, ...figures } = report
  const seconds = Math.round((performance.now() - beganMs) / 100) / 10
  console.log(JSON.stringify({ seed, seconds, ...figures }))
  for (const failure of failures) console.log(`seed ${seed}: ${failure}`)
  if (failures.length > 0) failed++
}
console.log(`${Number(values.seeds) - failed} stories held, ${failed} broke`)
process.exit(failed === 0 ? 0 : 1)
