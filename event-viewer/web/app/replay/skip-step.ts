import type { Extent } from './density.ts'

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400]

/** What an arrow key moves by, ms: a round time, about a two-hundredth of the period. */
export const skipOf = ({ from, to }: Extent): number =>
  (STEPS_S.find((seconds) => (to - from) / (seconds * 1000) <= 250) ?? STEPS_S.at(-1)!) * 1000
