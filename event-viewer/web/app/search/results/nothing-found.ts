import type { SearchAnswer } from '../../hub/search/search-answer.ts'

/** The text for an answer without a row; both are whole sentences, the first without a full stop. */
export interface NothingFound {
  readonly title: string
  readonly advice: string
}

/** The text says that no vehicle was there only where that is known: all of the period is archived, any vehicle was asked for, and the search saw everything. */
export const nothingFound = ({ input, outcome }: Pick<SearchAnswer, 'input' | 'outcome'>): NothingFound => {
  const { stats, status } = outcome
  if (status !== 'complete') {
    return {
      title: 'Nothing was found',
      advice: 'A vehicle may still have been there: the search did not see everything.',
    }
  }
  if (stats === undefined || stats.files.total === 0) {
    return {
      title: 'No position was found',
      advice: 'The archive is empty: a vehicle may still have been there.',
    }
  }
  if (input.vehicleIds !== undefined && input.vehicleIds.length > 0) {
    const one = input.vehicleIds.length === 1
    return {
      title: `No position of ${one ? 'this vehicle' : 'these vehicles'} was found`,
      advice: `Whether ${one ? 'it has' : 'they have'} ever reported is not known: check the ${one ? 'id' : 'ids'}, or widen the area or the period.`,
    }
  }
  if (stats.unknownBefore !== undefined) {
    return {
      title: 'No position was found',
      advice: `The archive begins on ${stats.unknownBefore} (UTC): earlier positions were deleted, or were never in it.`,
    }
  }
  const types = input.vehicleTypes?.length ?? 0
  const whose = types === 0 ? '' : types === 1 ? ' of this type' : ' of these types'
  return {
    title: `No vehicle${whose} was there`,
    advice: 'Widen the area or the period: the histogram shows when there were events.',
  }
}
