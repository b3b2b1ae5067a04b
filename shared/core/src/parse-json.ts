/** A number of so many digits, or with an exponent, may be one that a double does not hold. */
const SUSPECT = /\d{16}|\d[eE]/

const PLAIN = /^-?\d+(\.\d+)?$/
const SOME = /[1-9]/

const isHeld = (value: number, source: string): boolean => {
  if (!Number.isFinite(value)) return false
  if (value === 0) return !SOME.test(source.split(/[eE]/)[0])
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER || !PLAIN.test(source)
}

type Revived = { readonly source?: string } | undefined

/** A member of the object that a JSON text is, its numbers as texts, as they were written. @throws SyntaxError */
export const memberAsWritten = (text: string, name: string): unknown =>
  (
    JSON.parse(text, (_, value: unknown, context?: Revived) =>
      typeof value === 'number' ? (context?.source ?? value) : value,
    ) as Readonly<Record<string, unknown>>
  )[name]

/**
 * A JSON text whose numbers are not rounded to others: one beyond 2^53 that is written without an exponent, and one that no double is near to, is the text of its
 * digits. (Digits after the point are a double's, as everywhere.)
 * @throws SyntaxError
 */
export const parseExactJson = (text: string): unknown => {
  if (!SUSPECT.test(text)) return JSON.parse(text)
  const revive = (_: string, value: unknown, context?: Revived): unknown =>
    typeof value === 'number' && context?.source !== undefined && !isHeld(value, context.source)
      ? context.source
      : value
  return JSON.parse(text, revive)
}
