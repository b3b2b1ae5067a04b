import { type Block, type Field, START } from '../formats/block.ts'
import type { Row } from './read-all.ts'

const textField = (values: readonly unknown[]): Field => {
  const texts = values.map((value) => (value === undefined ? undefined : new TextEncoder().encode(String(value))))
  const bytes = new Uint8Array(texts.reduce((all, text) => all + (text?.length ?? 0), 0))
  const [starts, ends] = [new Int32Array(values.length).fill(-1), new Int32Array(values.length).fill(-1)]
  let at = 0
  for (const [row, text] of texts.entries()) {
    if (text === undefined) continue
    bytes.set(text, at)
    starts[row] = at
    ends[row] = at += text.length
  }
  return { kind: 'text', bytes, starts, ends }
}

const isAll = (values: readonly unknown[], type: string): boolean =>
  values.every((value) => value === undefined || typeof value === type)

const fieldOf = (values: readonly unknown[], isInstant: boolean): Field => {
  if (isAll(values, 'string')) return textField(values)
  if (!isAll(values, 'number')) return { kind: 'value', values }
  const numbers = Float64Array.from(values, (value) => (value === undefined ? NaN : (value as number)))
  return { kind: isInstant ? 'instant' : 'number', values: numbers }
}

/**
 * Rows as a block: texts where a field has nothing else, numbers where it has nothing else, else values.
 * @param instants names of fields whose numbers are ms since the epoch
 */
export const blockOf = (rows: readonly Row[], instants: readonly string[] = []): Block => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return {
    names,
    fields: names.map((name) =>
      fieldOf(
        rows.map((row) => row[name]),
        instants.includes(name),
      ),
    ),
    rows: rows.length,
    places: Int32Array.from(rows, (_, i) => i + 1),
    textOf: (row) => JSON.stringify(rows[row]),
    faults: [],
    from: START,
    next: { at: rows.length, place: rows.length + 1 },
  }
}
