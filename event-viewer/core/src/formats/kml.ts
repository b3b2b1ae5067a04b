import type { MeasureSpec, MeasureType } from '@fleetlake/columnar'
import { gapsText } from '../gaps/gap.ts'
import type { AnswerFormat } from './answer-format.ts'
import { lineFormat, type LineOptions, type LineWriter } from './line-format.ts'
import { float32Text, valueText } from './row-text.ts'
import type { Stretch } from './stretches.ts'
import { xmlText } from './xml-text.ts'

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document>
<Schema id="report">
<gx:SimpleArrayField name="speed" type="float"><displayName>speed, m/s</displayName></gx:SimpleArrayField>
<gx:SimpleArrayField name="heading" type="float"><displayName>heading, degrees</displayName></gx:SimpleArrayField>
`

/** KML has no whole number of 64 bits; those up to 2^53 are doubles. */
const TYPES: Readonly<Record<MeasureType, string>> = {
  double: 'double',
  float: 'float',
  long: 'double',
  int: 'int',
  string: 'string',
  boolean: 'bool',
}

const fieldOf = ({ name, type, unit }: MeasureSpec): string =>
  `<gx:SimpleArrayField name="${name}" type="${TYPES[type]}"><displayName>${xmlText(unit === undefined ? name : `${name}, ${unit}`)}</displayName></gx:SimpleArrayField>\n`

const headOf = (measures: readonly MeasureSpec[]): string => `${HEAD}${measures.map(fieldOf).join('')}</Schema>\n`

/**
 * KML 2.2 with Google's extensions: a placemark for each vehicle, a `gx:Track` for each stretch, which a time slider plays. A stretch of one report is a
 * placemark of its own, with a point. Speed, heading and measures are extended data, empty where a report says nothing. A comment at the end says how the answer ended, and what was taken for a gap.
 */
export const kml = (options: LineOptions): AnswerFormat => lineFormat(kmlWriter(), options)

const kmlWriter = (): LineWriter => {
  let isOpen = false
  const close = (): string => {
    const ended = isOpen ? '</gx:MultiTrack></Placemark>\n' : ''
    isOpen = false
    return ended
  }
  const open = (stretch: Stretch): string => {
    const ended = close()
    isOpen = true
    return `${ended}<Placemark>${nameOf(stretch)}<ExtendedData>${typeOf(stretch)}</ExtendedData><gx:MultiTrack><gx:interpolate>0</gx:interpolate>\n`
  }
  return {
    head: headOf,
    stretch: (stretch) => {
      if (stretch.length === 1) return close() + point(stretch)
      return (stretch.isContinued && isOpen ? '' : open(stretch)) + track(stretch)
    },
    tail: (status, gaps) => {
      const told = gaps === undefined ? '' : `, ${gapsText(gaps)}`
      return `${close()}</Document>\n<!-- status: ${status}${told} -->\n</kml>\n`
    },
  }
}

const nameOf = ({ vehicleId }: Stretch): string => `<name>${xmlText(vehicleId)}</name>`
const dataOf = (name: string, value: string): string => `<Data name="${name}"><value>${value}</value></Data>`
const typeOf = ({ vehicleType }: Stretch): string => dataOf('vehicle_type', xmlText(vehicleType))

const point = (stretch: Stretch): string => {
  const [speed, heading] = [float32Text(stretch.speed[0]), float32Text(stretch.heading[0])]
  const known = [
    speed === undefined ? '' : dataOf('speed', speed),
    heading === undefined ? '' : dataOf('heading', heading),
    ...stretch.beside.map(({ spec, values: [value] }) => {
      const text = valueText(spec, value)
      return text === undefined ? '' : dataOf(spec.name, xmlText(text))
    }),
  ]
  const when = `<TimeStamp><when>${new Date(stretch.eventTime[0]).toISOString()}</when></TimeStamp>`
  const place = `<Point><coordinates>${stretch.longitude[0]},${stretch.latitude[0]}</coordinates></Point>`
  return `<Placemark>${nameOf(stretch)}${when}<ExtendedData>${typeOf(stretch)}${known.join('')}</ExtendedData>${place}</Placemark>\n`
}

const track = ({ length, eventTime, longitude, latitude, speed, heading, beside }: Stretch): string => {
  let [when, coord] = ['', '']
  for (let i = 0; i < length; i++) {
    when += `<when>${new Date(eventTime[i]).toISOString()}</when>\n`
    coord += `<gx:coord>${longitude[i]} ${latitude[i]} 0</gx:coord>\n`
  }
  const numbers = (column: Float32Array) => (i: number) => float32Text(column[i])
  const known = [
    values('speed', length, numbers(speed)),
    values('heading', length, numbers(heading)),
    ...beside.map(({ spec, values: all }) => values(spec.name, length, (i) => valueText(spec, all[i]))),
  ]
  const motion = `<SchemaData schemaUrl="#report">${known.join('')}</SchemaData>`
  return `<gx:Track>\n${when}${coord}<ExtendedData>${motion}</ExtendedData></gx:Track>\n`
}

/** One value a report, empty where there is none. */
const values = (name: string, length: number, textAt: (i: number) => string | undefined): string => {
  let all = `<gx:SimpleArrayData name="${name}">`
  for (let i = 0; i < length; i++) all += `<gx:value>${xmlText(textAt(i) ?? '')}</gx:value>`
  return `${all}</gx:SimpleArrayData>`
}
