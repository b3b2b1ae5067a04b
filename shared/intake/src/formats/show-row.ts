import { type Field, MAX_SHOWN, valueOf } from './block.ts'

const MAX_DATE_MS = 8.64e15

/** Texts are cut before they are decoded. */
const shownOf = (field: Field, row: number): unknown => {
  if (field.kind === 'text') {
    const [start, end] = [field.starts[row], field.ends[row]]
    const cut = { starts: Int32Array.of(start), ends: Int32Array.of(Math.min(end, start + MAX_SHOWN)) }
    return valueOf({ ...field, ...cut }, 0)
  }
  const value = valueOf(field, row)
  const isDate = field.kind === 'instant' && typeof value === 'number' && Math.abs(value) <= MAX_DATE_MS
  return isDate ? new Date(value).toISOString() : value
}

/** A row of columns as JSON, cut: for formats in which a row has no text of its own. */
export const showRow = (names: readonly string[], fields: readonly Field[], row: number): string => {
  const shown = Object.fromEntries(names.map((name, i) => [name, shownOf(fields[i], row)]))
  const text = JSON.stringify(shown, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  return text.slice(0, MAX_SHOWN)
}
