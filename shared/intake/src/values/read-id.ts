import { idOfFile, isRoundedId, trimmedText } from '@fleetlake/columnar'
import type { RowFault } from '../rows/row-fault.ts'
import { isAbsent } from './absent.ts'
import { quoted } from './decided.ts'

const fault = (reason: string, detail: string): RowFault => ({ reason, detail })

const rounded = (id: string): RowFault =>
  fault('vehicle-id-rounded', `of the id ${id} the last digits are lost: write ids as texts`)

/** A vehicle's id by the rules of all files, or why there is none. How long it may be is not its business. */
export const readId = (value: unknown): string | RowFault => {
  if (isAbsent(value) || value === Infinity || value === -Infinity)
    return fault('vehicle-id-missing', 'the row has no vehicle id')
  if (typeof value === 'bigint') return idOfFile(value)
  if (typeof value === 'number') return isRoundedId(value) ? rounded(String(value)) : idOfFile(value)
  if (typeof value !== 'string') return fault('vehicle-id-not-a-text', `the id is ${quoted(value)}`)
  const text = trimmedText(value)
  // A sheet may write a decimal comma.
  if (isRoundedId(text.replace(',', '.'))) return rounded(quoted(text))
  // What decoding puts in the place of bytes that are not UTF-8: two ids might read as the same.
  if (text.includes('\uFFFD')) return fault('not-utf-8', `vehicle ${quoted(text)}`)
  return idOfFile(text)
}
