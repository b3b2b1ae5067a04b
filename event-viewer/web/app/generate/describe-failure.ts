import type { GenerationError, GenerationStats } from './use-generation.ts'

export interface Failure {
  readonly title: string
  readonly description: string
}

const TITLES: Readonly<Record<string, string>> = {
  'generation.refused': 'The run was refused',
  'generation.unanswered': 'No generator answers',
}

/** The text of an error without its code, as a sentence. */
const sentenceOf = (message: string): string => {
  const text = message.replace(/^[a-z]+\.[a-z-]+: /, '')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}

/** Why a run did not take place, or not to its end; undefined when it did. */
export const describeFailure = (
  stats: GenerationStats | undefined,
  error: GenerationError | undefined,
): Failure | undefined => {
  if (error !== undefined) {
    return { title: TITLES[error.code] ?? 'The run could not be started', description: sentenceOf(error.message) }
  }
  if (stats === undefined || stats.status !== 'failed') return undefined
  const told = stats.error ?? 'the generators did not say why'
  const isRefused = told.startsWith('generation.refused')
  const kept = stats.events > 0 ? ' What it has made stays.' : ''
  return {
    title: isRefused ? 'The run was refused' : 'The run has failed',
    description: `${sentenceOf(told)}${kept}`,
  }
}
