import type { PowerLossReport } from './power-loss.ts'

/** What may be lost of what was acknowledged; `what is told` is all that a recorded loss names, surely or perhaps. */
export type MayLose = 'nothing' | 'what is told' | 'anything'

/** Where positions may be lost only if that is told, a stream that comes back is demanded too: it can't tell of anything before. */
export const isAllowed = (
  { acknowledged, lost, told, perhaps, isStuck }: PowerLossReport,
  mayLose: MayLose,
): boolean => {
  if (acknowledged === 0) return false
  if (mayLose === 'anything') return true
  if (isStuck === true) return false
  return mayLose === 'nothing' ? lost === 0 : lost === told + perhaps
}
