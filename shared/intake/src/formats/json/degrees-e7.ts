/** Degrees of a number of 1e-7 degrees; some records of Google's have it wrapped around 32 bits. */
export const degreesOfE7 = (e7: unknown, limit: number): number | undefined => {
  if (typeof e7 !== 'number') return undefined
  return (e7 > limit * 1e7 ? e7 - 2 ** 32 : e7) / 1e7
}
