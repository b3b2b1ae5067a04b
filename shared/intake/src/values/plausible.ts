import { DAY_MS, HOUR_MS } from './calendar.ts'

const EARLIEST_MS = Date.UTC(1990, 0, 1)

/** Whether positions may be of an instant, ms since the epoch: from 1990 to a day from now. */
export const isPlausible = (ms: number, nowMs: number): boolean => ms >= EARLIEST_MS && ms <= nowMs + DAY_MS

const FEW_ROWS = 4
const LONG_STEP_MS = 92 * DAY_MS

/** The step from each instant to the next, without its sign. */
const stepsOf = (instants: readonly number[]): number[] => instants.slice(1).map((ms, i) => Math.abs(ms - instants[i]))

/** Whether most rows follow each other within some months: numbers that are no times jump over years. Few rows show nothing. */
export const areStepsPlausible = (instants: readonly number[]): boolean => {
  if (instants.length < FEW_ROWS) return true
  const steps = stepsOf(instants).toSorted((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] <= LONG_STEP_MS
}

const SHORT_MS = HOUR_MS
const FAR_MS = 20 * DAY_MS

/**
 * Which of two readings of the same rows goes on where the other one jumps: at some row one steps by an hour at most and the other by weeks, and nowhere it is the other way round.
 * @param a,b instants of the rows in their order, NaN where there is none
 * @returns undefined where nothing shows it
 */
export const steadierOf = (a: readonly number[], b: readonly number[]): 'a' | 'b' | undefined => {
  let [forA, forB] = [0, 0]
  for (let i = 1; i < a.length; i++) {
    const [stepA, stepB] = [Math.abs(a[i] - a[i - 1]), Math.abs(b[i] - b[i - 1])]
    if (stepA <= SHORT_MS && stepB >= FAR_MS) forA++
    if (stepB <= SHORT_MS && stepA >= FAR_MS) forB++
  }
  if (forA > 0 && forB === 0) return 'a'
  return forB > 0 && forA === 0 ? 'b' : undefined
}
