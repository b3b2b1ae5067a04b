import { describeAnswer, plural } from '@fleetlake/viewer-core'
import type { SearchAnswer } from '../../hub/search/search-answer.ts'

type Status = SearchAnswer['outcome']['status']

/** Calm for what is whole, louder the more is missing. */
export interface AnswerTone {
  readonly icon: string
  /** Classes of the box with the sentence, and of its icon. */
  readonly box: string
  readonly mark: string
}

const CALM = { box: 'bg-elevated/60 text-default', mark: 'text-success' }
const QUIET = { box: 'bg-elevated/60 text-default', mark: 'text-muted' }
const WARNING = { box: 'bg-warning/10 text-warning', mark: 'text-warning' }
const ERROR = { box: 'bg-error/10 text-error', mark: 'text-error' }

const TONES: Readonly<Record<Status, AnswerTone>> = {
  complete: { icon: 'i-lucide-circle-check', ...CALM },
  'limit-reached': { icon: 'i-lucide-gauge', ...WARNING },
  'timed-out': { icon: 'i-lucide-timer-off', ...WARNING },
  cancelled: { icon: 'i-lucide-circle-slash', ...QUIET },
  partial: { icon: 'i-lucide-triangle-alert', ...ERROR },
  refused: { icon: 'i-lucide-ban', ...ERROR },
}

export const answerTone = (status: Status): AnswerTone => TONES[status]

/** The honest sentence of an answer, as a sentence; what failed is counted, since it is listed beside it. */
export const answerSentence = (outcome: SearchAnswer['outcome']): string => {
  const failed = outcome.status === 'partial' ? (outcome.stats?.failed.length ?? 0) : 0
  const reason = failed === 0 ? outcome.reason : `${plural(failed, 'part')} could not be read`
  const text = describeAnswer({ ...outcome, reason })
  return `${text[0].toUpperCase()}${text.slice(1)}.`
}
