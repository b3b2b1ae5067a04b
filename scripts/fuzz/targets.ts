import { arrowTargets, jsonTarget } from './arrow-targets.ts'
import { importTargets } from './import-targets.ts'
import type { FuzzTarget } from './target.ts'
import { areaTarget, boxTarget } from './text-targets.ts'

export const FUZZ_GROUPS = {
  arrow: (): FuzzTarget[] => [...arrowTargets(), jsonTarget()],
  texts: (): FuzzTarget[] => [areaTarget(), boxTarget()],
  imports: (): FuzzTarget[] => importTargets(),
} as const

export type FuzzGroup = keyof typeof FUZZ_GROUPS
