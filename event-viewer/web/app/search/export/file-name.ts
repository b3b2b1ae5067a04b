import { FORMAT_TRAITS, type FormatName } from '@fleetlake/viewer-core'
import type { SearchAnswer } from '../../hub/search/search-answer.ts'

const missing = (status: SearchAnswer['outcome']['status']): string => {
  if (status === 'complete') return ''
  return status === 'limit-reached' ? '.limited' : '.partial'
}

/** `fleet-2026-01-05T080000Z-2026-01-05T090000Z.partial.csv`: what it is of, and whether all of it is there. */
export const exportName = ({ input, outcome }: Pick<SearchAnswer, 'input' | 'outcome'>, format: FormatName): string => {
  const instant = (text: string): string => text.replaceAll(':', '').replace(/\.\d+/, '')
  return `fleet-${instant(input.from)}-${instant(input.to)}${missing(outcome.status)}${FORMAT_TRAITS[format].extension}`
}
