import { expect, test } from 'vitest'
import { type Advisory, advisoryFaults } from './advisories.ts'

const advisory = (severity: Advisory['severity'], url: string): Advisory => ({
  module_name: 'parser',
  severity,
  title: 'reads on for ever',
  url,
  patched_versions: '>=2.0.1',
})

test('grave advisories are faults, unless they were read', () => {
  const advisories = [advisory('moderate', 'a'), advisory('high', 'b'), advisory('critical', 'c')]
  expect(advisoryFaults(advisories, { c: 'nothing of others is parsed with it' })).toEqual([
    'parser: reads on for ever (high, b); mended in >=2.0.1: update it, or add the advisory with its reason to scripts/checks/advisories.ts',
  ])
})
