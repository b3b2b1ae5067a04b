import { sentenceOf } from '../shell/sentence.ts'
import type { GenerationError, GenerationStats } from './use-generation.ts'

export interface Failure {
  readonly title: string
  readonly description: string
}

const TITLES: Readonly<Record<string, string>> = {
  'generation.refused': 'The run was refused',
  'generation.unanswered': 'No generator answers',
}

const titleOf = (code: string | undefined): string | undefined => (code === undefined ? undefined : TITLES[code])

/** Why a run did not take place, or not to its end; undefined when it did. */
export const describeFailure = (
  stats: GenerationStats | undefined,
  error: GenerationError | undefined,
): Failure | undefined => {
  if (error !== undefined) {
    return { title: titleOf(error.code) ?? 'The run could not be started', description: sentenceOf(error.message) }
  }
  if (stats === undefined || stats.status !== 'failed') return undefined
  const told = stats.error ?? 'the generators did not say why'
  const kept = stats.events > 0 ? ' What it has made stays.' : ''
  return {
    title: titleOf(stats.code) ?? 'The run has failed',
    description: `${sentenceOf(told)}${kept}`,
  }
}
