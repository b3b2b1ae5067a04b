import { arrowTargets, jsonTarget } from './arrow-targets.ts'
import type { FuzzTarget } from './target.ts'
import { areaTarget, boxTarget, importTargets } from './text-targets.ts'

export const FUZZ_GROUPS = {
  arrow: (): FuzzTarget[] => [...arrowTargets(), jsonTarget()],
  texts: (): FuzzTarget[] => [areaTarget(), boxTarget(), ...importTargets()],
} as const

export type FuzzGroup = keyof typeof FUZZ_GROUPS
