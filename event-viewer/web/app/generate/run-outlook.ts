import type { Message } from '@fleetlake/contracts'

type Progress = Message<'generationProgress'>

/**
 * How long a run will go on.
 * @param perSecond the pace of a run in real time; by its pace so far when missing
 * @returns ms; null while nobody can tell: nothing is made yet, or it waits for the collectors
 */
export const timeLeftMs = ({ phase, events, total, elapsedMs }: Progress, perSecond?: number): number | null => {
  if (phase !== 'generating' || events === 0 || elapsedMs === 0) return null
  return Math.max(0, ((total - events) * 1000) / (perSecond ?? (events * 1000) / elapsedMs))
}

/** From 0 to 100; null while it is not known. */
export const percentOf = ({ phase, events, total }: Progress): number | null =>
  phase === 'flushing' || total === 0 ? null : Math.min(100, (100 * events) / total)
