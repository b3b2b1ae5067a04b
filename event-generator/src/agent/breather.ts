import { setImmediate } from 'node:timers/promises'

/** Work without a pause; acknowledgements, heartbeats and stops wait as long. */
const WORK_MS = 4

/** Lets the event loop run, at most every `WORK_MS`; costs a look at the clock otherwise. */
export const createBreather = (): { isDue(): boolean; breathe(): Promise<void> } => {
  let since = performance.now()
  return {
    isDue: () => performance.now() - since > WORK_MS,
    breathe: async () => {
      await setImmediate()
      since = performance.now()
    },
  }
}
