import { isMeasureName } from '@fleetlake/columnar'
import { DATA_COLUMNS, isOurColumn } from './schema.ts'
import { cutMaximum, cutMinimum } from './utf8-order.ts'

/**
 * What the log tells of the measures of a data file's rows. A snapshot holds it of every file: so bounds lie side by side in two arrays, and which measure they are of
 * is said once for all files whose statistics name the same ones.
 */
export interface ToldMeasures {
  readonly layout: Layout
  /** The least and the greatest value of each measure of numbers; NaN for one that is not told. */
  readonly numbers: readonly number[]
  /** The same of texts. */
  readonly texts: readonly (string | undefined)[]
}

interface Layout {
  /** Of the measures that are named. */
  readonly places: ReadonlyMap<string, Place>
  /** The nulls of every column of a position are told, so that a writer of ours has told all. */
  readonly isWhole: boolean
}

/** Where the bounds of a measure are; that it has no value, or that nothing is known of it. */
type Place = { readonly kind: 'numbers' | 'texts'; readonly at: number } | { readonly kind: 'none' | 'unknown' }

type Values = Readonly<Record<string, unknown>>

/** As parsed: of any shape. */
export interface MeasureStatsJson {
  readonly numRecords?: unknown
  readonly minValues?: unknown
  readonly maxValues?: unknown
  readonly nullCount?: unknown
}

const NO_NUMBERS: readonly number[] = []
const NO_TEXTS: readonly string[] = []
const NO_VALUES: Values = {}

/** Of texts that are held: more tells hardly more. */
const MAX_TEXT_LENGTH = 16
/** Other engines tell of the first 32 columns by default. A file of ours that names nearly as many is not told from one of theirs. */
const MOST_NAMED = 24

const layouts = new Map<string, Layout>()
const MOST_LAYOUTS = 4_096

type Kind = Place['kind']

/** One for all files that are told alike. */
const shared = (names: readonly string[], kinds: readonly Kind[], isWhole: boolean): Layout => {
  let key = isWhole ? '' : '?'
  for (let i = 0; i < names.length; i++) key += `${names[i]} ${kinds[i]} `
  const known = layouts.get(key)
  if (known !== undefined) return known
  const places = new Map<string, Place>()
  const next = { numbers: 0, texts: 0 }
  names.forEach((name, i) => {
    const kind = kinds[i]
    if (kind === 'none' || kind === 'unknown') places.set(name, { kind })
    else {
      places.set(name, { kind, at: next[kind] })
      next[kind] += 2
    }
  })
  if (layouts.size >= MOST_LAYOUTS) layouts.clear()
  const layout = { places, isWhole }
  layouts.set(key, layout)
  return layout
}

/** What the names of columns are: statistics name the same ones again and again. */
const kindsOfNames = new Map<string, 'ours' | 'measure' | 'other'>()

const kindOfName = (name: string): 'ours' | 'measure' | 'other' => {
  const known = kindsOfNames.get(name)
  if (known !== undefined) return known
  const kind = isOurColumn(name) ? 'ours' : isMeasureName(name) ? 'measure' : 'other'
  if (kindsOfNames.size >= MOST_LAYOUTS) kindsOfNames.clear()
  kindsOfNames.set(name, kind)
  return kind
}

const NOTHING_TOLD: ToldMeasures = {
  layout: { places: new Map(), isWhole: false },
  numbers: NO_NUMBERS,
  texts: NO_TEXTS,
}
const NO_MEASURES: ToldMeasures = { layout: { places: new Map(), isWhole: true }, numbers: NO_NUMBERS, texts: NO_TEXTS }

const objectOf = (value: unknown): Values =>
  typeof value === 'object' && value !== null ? (value as Values) : NO_VALUES

/** @returns one object for all files that tell of no measure */
export const toldMeasures = ({ numRecords, minValues, maxValues, nullCount }: MeasureStatsJson): ToldMeasures => {
  const [min, max, nulls] = [objectOf(minValues), objectOf(maxValues), objectOf(nullCount)]
  let [ours, further] = [0, 0]
  let names: string[] | undefined
  for (const name in nulls) {
    const kind = kindOfName(name)
    if (kind === 'ours') ours++
    else further++
    if (kind === 'measure') (names ??= []).push(name)
  }
  const isWhole = typeof numRecords === 'number' && ours === DATA_COLUMNS.length && further <= MOST_NAMED
  if (!isWhole) {
    // Bounds without a number of nulls are told too.
    for (const name in min) if (!(name in nulls) && kindOfName(name) === 'measure') (names ??= []).push(name)
  }
  if (names === undefined) return isWhole ? NO_MEASURES : NOTHING_TOLD
  return measuresOf(names, { min, max, nulls, numRecords, isWhole })
}

interface Told {
  readonly min: Values
  readonly max: Values
  readonly nulls: Values
  readonly numRecords: unknown
  readonly isWhole: boolean
}

const isNumber = (value: unknown): value is number => typeof value === 'number'
const isText = (value: unknown): value is string => typeof value === 'string'

const kindOf = (name: string, { min, max, nulls, numRecords }: Told): Kind => {
  if (isNumber(nulls[name]) && nulls[name] === numRecords) return 'none'
  const [least, greatest] = [min[name], max[name]]
  if (isNumber(least) || isNumber(greatest)) return 'numbers'
  return isText(least) || isText(greatest) ? 'texts' : 'unknown'
}

const measuresOf = (names: readonly string[], told: Told): ToldMeasures => {
  const { min, max, isWhole } = told
  const kinds = names.map((name) => kindOf(name, told))
  const numbers: number[] = []
  const texts: (string | undefined)[] = []
  names.forEach((name, i) => {
    const [least, greatest] = [min[name], max[name]]
    if (kinds[i] === 'numbers') {
      numbers.push(isNumber(least) ? least : NaN, isNumber(greatest) ? greatest : NaN)
    } else if (kinds[i] === 'texts') {
      texts.push(
        isText(least) ? cutMinimum(least, MAX_TEXT_LENGTH) : undefined,
        isText(greatest) ? cutMaximum(greatest, MAX_TEXT_LENGTH) : undefined,
      )
    }
  })
  return {
    layout: shared(names, kinds, isWhole),
    // A copy has no room for more.
    numbers: numbers.length === 0 ? NO_NUMBERS : numbers.slice(),
    texts: texts.length === 0 ? NO_TEXTS : texts.slice(),
  }
}
