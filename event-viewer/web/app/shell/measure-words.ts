/** What a person reads of a measure. */
export interface MeasureWords {
  readonly name: string
  readonly unit?: string | undefined
}

type Value = string | number | boolean

/** `Driver id` of `driver_id`. */
export const measureLabel = ({ name }: MeasureWords): string => {
  const words = name.replaceAll('_', ' ').trim()
  return words === '' ? name : `${words[0].toUpperCase()}${words.slice(1)}`
}

/** `Temperature, °C`: the head of a column. */
export const measureHead = (measure: MeasureWords): string =>
  measure.unit === undefined ? measureLabel(measure) : `${measureLabel(measure)}, ${measure.unit}`

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 })
/** Of six digits, as far as they go: what is smaller than three places tell. */
const small = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 })

const isSmall = (value: number): boolean => value !== 0 && Math.abs(value) < 0.1

/** A value without its unit: `1,234.5`, `yes`, a text as it is; a dash where there is none. */
export const measureValueText = (value: Value | null | undefined): string => {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  return isSmall(value) ? small.format(value) : numbers.format(value)
}

/** The same with it: `-4.5 °C`. */
export const measureText = ({ unit }: MeasureWords, value: Value | null | undefined): string => {
  const text = measureValueText(value)
  return unit === undefined || value === null || value === undefined ? text : `${text} ${unit}`
}
