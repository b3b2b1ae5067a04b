import type { Form } from './forms.ts'
import { numberAtOf } from './values.ts'

const WIDTHS: Readonly<Partial<Record<Form['physical'], number>>> = { int32: 4, int64: 8, float: 4, double: 8 }

/**
 * A bound of numbers as the footer's statistics hold it. Undefined for statistics of another length than the type's, for those of forms whose order is
 * not that of their numbers, and for times, whose numbers are others.
 */
export const boundOfNumber = (bytes: Uint8Array, form: Form): number | undefined => {
  if (bytes.length !== WIDTHS[form.physical] || form.perMs !== 0 || form.scale !== 0) return undefined
  return numberAtOf(form)(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length)
}
