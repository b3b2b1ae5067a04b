/** Why a row is not taken; `reason` is one of few and is counted, `detail` is a sentence for people. */
export interface RowFault {
  readonly reason: string
  readonly detail: string
}

export const isFault = (value: unknown): value is RowFault =>
  typeof value === 'object' && value !== null && 'reason' in value && 'detail' in value
