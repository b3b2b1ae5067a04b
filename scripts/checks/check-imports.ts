import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseResult, type ICruiseOptions } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'

/** Without a compiler that it can use, dependency-cruiser reads next to nothing and finds nothing wrong. */
const fewestModules = 30

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
const options: ICruiseOptions = await extractOptions('./.dependency-cruiser.mjs')
const { output } = await cruise(
  [
    'shared',
    'event-generator',
    'event-collector',
    'event-estimator',
    'event-finder',
    'event-gateway',
    'event-hub',
    'event-viewer',
    'scripts',
    'deployment',
  ],
  options,
  undefined,
  { tsConfig: extractTsConfig('./tsconfig.json') },
)
const { summary } = output as ICruiseResult
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`)
if (summary.totalCruised < fewestModules) console.error(`only ${summary.totalCruised} modules were read`)
process.exitCode = summary.error > 0 || summary.totalCruised < fewestModules ? 1 : 0
