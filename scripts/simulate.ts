import { parseArgs } from 'node:util'
import { simulate } from './simulation/simulate.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    story: { type: 'boolean', default: false },
  },
})

let failed = 0
for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.seeds); seed++) {
  const beganMs = performance.now()
  const report = await simulate({
    seed,
    minutes: Number(values.minutes),
    onLine: values.story ? (line) => console.log(line) : undefined,
  })
  const { failures, virtualMinutes, rows, answers, faults, versions, compactions } = report
  const seconds = Math.round((performance.now() - beganMs) / 100) / 10
  console.log(JSON.stringify({ seed, virtualMinutes, seconds, rows, answers, faults, versions, compactions }))
  for (const failure of failures) console.log(`seed ${seed}: ${failure}`)
  if (failures.length > 0) failed++
}
console.log(`${Number(values.seeds) - failed} stories held, ${failed} broke`)
process.exit(failed === 0 ? 0 : 1)
