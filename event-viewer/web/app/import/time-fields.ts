/** A date and a time of day in two fields are one text, `Date+Time`, in which either may hold a plus. */
export interface TimeFields {
  readonly first: string
  /** Empty: the first has both. */
  readonly second: string
}

/** @param fields of the input */
export const timeFieldsOf = (source: string, fields: readonly string[]): TimeFields => {
  if (fields.includes(source)) return { first: source, second: '' }
  const pairs = [...source.matchAll(/\+/g)].map(({ index }) => ({
    first: source.slice(0, index),
    second: source.slice(index + 1),
  }))
  const known = pairs.find(({ first, second }) => fields.includes(first) && fields.includes(second))
  return known ?? pairs[0] ?? { first: source, second: '' }
}

export const joinTimeFields = ({ first, second }: TimeFields): string =>
  first === '' || second === '' ? first : `${first}+${second}`
