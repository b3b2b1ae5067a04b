import { gapsFacts } from '../gaps/gap.ts'
import type { AnswerFormat } from './answer-format.ts'
import { lineFormat, type LineOptions } from './line-format.ts'
import { memberName, float32Text, valueJson, valueText } from './row-text.ts'
import type { Stretch } from './stretches.ts'
import type { ReportMeasure } from '../gaps/date-reader.ts'

const HEAD =
  '{"type":"FeatureCollection",' +
  '"crs":{"type":"Name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},' +
  '"trs":{"type":"Name","properties":{"name":"urn:ogc:data:time:iso8601"}},"features":['

/**
 * OGC Moving Features JSON (19-045r3), encoding Prism: a feature for each stretch, a MovingPoint with linear interpolation, so that nothing is
 * said of a gap; speed, heading and measures are temporal properties: numbers a Measure, texts and truth values a Text, all null where a report says nothing. Between
 * reports only what is measured continuously (double and float) is on a line. The published schema wants two instants of everything that moves: a stretch of one
 * report stays where it is (`Step`) for the ms that its time is rounded to. The members `gaps` and `status` say what was taken for a gap and how
 * the answer ended.
 */
export const mfJson = (options: LineOptions): AnswerFormat => {
  let isFirst = true
  return lineFormat(
    {
      head: () => HEAD,
      stretch: (stretch) => {
        const separator = isFirst ? '\n' : ',\n'
        isFirst = false
        return separator + feature(stretch)
      },
      tail: (status, gaps) => {
        const told = gaps === undefined ? '' : `"gaps":${JSON.stringify(gapsFacts(gaps))},`
        return `\n],${told}"status":${JSON.stringify(status)}}\n`
      },
    },
    options,
  )
}

/** UN/CEFACT's code of metre per second; degrees have none of the three letters that the schema wants, so they are named by an address. */
const METRES_PER_SECOND = 'MTS'
const DEGREES = 'http://qudt.org/vocab/unit/DEG'

const feature = (stretch: Stretch): string => {
  const { vehicleId, vehicleType, length, longitude, latitude, speed, heading } = stretch
  const datetimes = instantsOf(stretch, (timeMs) => `"${new Date(timeMs).toISOString()}"`)
  const coordinates = listOf(stretch, (i) => `[${longitude[i]},${latitude[i]}]`)
  const names = `"vehicle_id":${JSON.stringify(vehicleId)},"vehicle_type":${JSON.stringify(vehicleType)},"reports":${length}`
  const measures = [
    measure(stretch, { name: 'speed', column: speed, form: METRES_PER_SECOND, interpolation: 'Linear' }),
    // From 350° to 10° is not by way of 180°.
    measure(stretch, { name: 'heading', column: heading, form: DEGREES, interpolation: 'Step' }),
    ...stretch.beside.map((beside) => besideOf(stretch, beside)),
  ].filter((text) => text !== '')
  const properties = measures.length === 0 ? '' : `{"datetimes":${datetimes},${measures.join(',')}}`
  const interpolation = length === 1 ? 'Step' : 'Linear'
  return `{"type":"Feature","geometry":null,"properties":{${names}},"temporalGeometry":{"type":"MovingPoint","datetimes":${datetimes},"coordinates":${coordinates},"interpolation":"${interpolation}"},"temporalProperties":[${properties}]}`
}

interface Measure {
  readonly name: string
  readonly column: Float32Array
  readonly form: string
  readonly interpolation: 'Linear' | 'Step'
}

/** A value for each instant, null for one that is not known; empty without any. */
const measure = (stretch: Stretch, { name, column, form, interpolation }: Measure): string => {
  if (column.every((value) => !Number.isFinite(value))) return ''
  const values = listOf(stretch, (i) => float32Text(column[i]) ?? 'null')
  return `"${name}":{"type":"Measure","form":"${form}","values":${values},"interpolation":"${stretch.length === 1 ? 'Step' : interpolation}"}`
}

/** UN/CEFACT's codes of units, where they have the three letters that the schema wants, and addresses of others. */
const FORMS: Readonly<Record<string, string>> = {
  m: 'MTR',
  km: 'KMT',
  s: 'SEC',
  h: 'HUR',
  kg: 'KGM',
  l: 'LTR',
  V: 'VLT',
  µs: 'B98',
  '°C': 'CEL',
  'm/s': METRES_PER_SECOND,
  'km/h': 'KMH',
  degrees: DEGREES,
  '%': 'http://qudt.org/vocab/unit/PERCENT',
}

/** Empty where no report has a value. A unit without a code or an address is in the description. */
const besideOf = (stretch: Stretch, { spec, values }: ReportMeasure): string => {
  const { name, type, unit, description } = spec
  const isNumber = type !== 'string' && type !== 'boolean'
  const item = (value: ReportMeasure['values'][number]): string => {
    if (isNumber) return valueJson(spec, value)
    return value === null ? 'null' : JSON.stringify(String(value))
  }
  const isKnown = (i: number): boolean => valueText(spec, values[i]) !== undefined
  if (!Array.from({ length: stretch.length }, (_, i) => i).some(isKnown)) return ''
  const form = isNumber && unit !== undefined ? FORMS[unit] : undefined
  const about = [description, form === undefined ? unit : undefined].filter((text) => text !== undefined).join(', ')
  const isLine = (type === 'double' || type === 'float') && stretch.length > 1
  const members = [
    `"type":"${isNumber ? 'Measure' : 'Text'}"`,
    ...(form === undefined ? [] : [`"form":"${form}"`]),
    ...(about === '' ? [] : [`"description":${JSON.stringify(about)}`]),
    `"values":${listOf(stretch, (i) => item(values[i]))}`,
    `"interpolation":"${isLine ? 'Linear' : 'Step'}"`,
  ]
  return `"${memberName(name, TAKEN)}":{${members.join(',')}}`
}

const TAKEN = ['datetimes']

/** Times in ms, two at least. */
const instantsOf = (stretch: Stretch, text: (timeMs: number) => string): string => {
  const { length, eventTime } = stretch
  if (length === 1) return `[${text(eventTime[0])},${text(eventTime[0] + 1)}]`
  return listOf(stretch, (i) => text(eventTime[i]))
}

/** An item for each instant. */
const listOf = ({ length }: Stretch, item: (i: number) => string): string => {
  if (length === 1) return `[${item(0)},${item(0)}]`
  let list = ''
  for (let i = 0; i < length; i++) list += (i === 0 ? '' : ',') + item(i)
  return `[${list}]`
}
