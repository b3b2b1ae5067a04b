/** NaN is after every number, and no NaN differs from another. */
export const compareNumbers = (a: number, b: number): number => {
  if (a < b) return -1
  if (a > b) return 1
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** As JavaScript sorts texts. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
