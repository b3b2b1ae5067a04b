import { FleetError } from '@fleetlake/core'
import { ATTRIBUTES } from '../measures.ts'
import { type Member, mergeAttributes, type OwnAttributes, ownAttributesOf } from '../rows/attributes.ts'
import { ATTRIBUTES_MEASURE } from '../rows/fit-measures.ts'
import { isTextMeasure, type MeasureColumn, type TextMeasure } from '../rows/measure-columns.ts'
import { createTextList, textAt } from '../rows/text-list.ts'
import type { BesideValues } from './foreign-columns.ts'

/** A text that many rows name by number is written out for each of them. */
const MOST_MERGED_BYTES = 32 * 1024 * 1024

const utf8 = new TextEncoder()

/** An object that a stream has in `attributes` is what its sender says there, as its text would be. */
const isOwnObject = ({ name, texts }: BesideValues): boolean =>
  name === ATTRIBUTES && texts.every((text) => text === undefined || text.startsWith('{'))

/** The measures of a message with what none of them can be: members of the rows' attributes, as in a position that is sent as JSON. */
export const withBeside = (
  measures: readonly MeasureColumn[],
  beside: readonly BesideValues[],
  rows: number,
): MeasureColumn[] => {
  const own = measures.find((column): column is TextMeasure => column.spec.name === ATTRIBUTES && isTextMeasure(column))
  const object = own === undefined ? beside.find(isOwnObject) : undefined
  const members = beside.filter((each) => each !== object)
  const ownTexts: OwnAttributes[] = []
  const ownOf = (row: number): OwnAttributes | undefined => {
    const text = object?.texts[row]
    if (text !== undefined) return ownAttributesOf(text)
    const code = own === undefined ? -1 : own.codes[row]
    return code < 0 ? undefined : (ownTexts[code] ??= ownAttributesOf(textAt(own!.texts, code)))
  }
  const codes = new Int32Array(rows).fill(-1)
  const list = createTextList()
  let room = MOST_MERGED_BYTES
  for (let row = 0; row < rows; row++) {
    const said = members.flatMap(({ name, texts }): Member[] => {
      const text = texts[row]
      return text === undefined ? [] : [[name, text]]
    })
    const ownText = ownOf(row)
    if (ownText === undefined && said.length === 0) continue
    const bytes = utf8.encode(said.length === 0 ? ownText!.text : mergeAttributes(ownText, said))
    room -= bytes.length
    if (room < 0) throw tooMuch()
    codes[row] = list.add(bytes, 0, bytes.length)
  }
  const attributes: TextMeasure = { spec: ATTRIBUTES_MEASURE, codes, texts: list.texts() }
  const others = measures.filter((column) => column !== own)
  return [...others, attributes]
}

const tooMuch = (): FleetError =>
  new FleetError('arrow.invalid', 'the attributes of the Arrow batch would unpack to too much: send fewer rows at once')
