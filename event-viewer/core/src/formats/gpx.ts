import type { MeasureSpec } from '@fleetlake/columnar'
import { gapsText } from '../gaps/gap.ts'
import type { AnswerFormat } from './answer-format.ts'
import { lineFormat, type LineOptions, type LineWriter } from './line-format.ts'
import type { ReportMeasure } from '../gaps/date-reader.ts'
import { float32Text, valueText } from './row-text.ts'
import type { Stretch } from './stretches.ts'
import { xmlText } from './xml-text.ts'

const headOf = (measures: readonly MeasureSpec[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2" xmlns:fleet="urn:fleetlake:gpx"${measures.length === 0 ? '' : ' xmlns:measure="urn:fleetlake:measure"'} version="1.1" creator="Fleetlake">
`

/**
 * GPX 1.1: a track for each vehicle, a segment for each stretch. Of a stretch of one report the point is there twice, since readers show no
 * segment of one point, and waypoints would have to come before every track. Speed and heading are Garmin's TrackPointExtension, which most
 * readers know. An altitude that is a number is `<ele>`, any other measure an extension by its name, such as `measure:state`. The extensions `fleet:status` and `fleet:gaps` at the end say how the answer ended and what was taken for a gap.
 */
export const gpx = (options: LineOptions): AnswerFormat => lineFormat(gpxWriter(), options)

const gpxWriter = (): LineWriter => {
  let isOpen = false
  const close = (): string => (isOpen ? '</trk>\n' : '')
  const open = ({ vehicleId, vehicleType }: Stretch): string => {
    const ended = close()
    isOpen = true
    return `${ended}<trk><name>${xmlText(vehicleId)}</name><type>${xmlText(vehicleType)}</type>\n`
  }
  return {
    head: headOf,
    stretch: (stretch) => (stretch.isContinued ? '' : open(stretch)) + segment(stretch),
    tail: (status, gaps) => {
      const told = gaps === undefined ? '' : `<fleet:gaps>${xmlText(gapsText(gaps))}</fleet:gaps>`
      return `${close()}<extensions><fleet:status>${xmlText(status)}</fleet:status>${told}</extensions>\n</gpx>\n`
    },
  }
}

const segment = (stretch: Stretch): string => {
  let points = ''
  for (let i = 0; i < stretch.length; i++) points += pointOf(stretch, i)
  return `<trkseg>\n${stretch.length === 1 ? points + points : points}</trkseg>\n`
}

const pointOf = ({ eventTime, longitude, latitude, speed, heading, beside }: Stretch, i: number): string => {
  // The format ends at 180° east, which is 180° west.
  const east = longitude[i] === 180 ? -180 : longitude[i]
  const time = `<time>${new Date(eventTime[i]).toISOString()}</time>`
  const told = motion(speed[i], heading[i]) + besideOf(beside, i)
  const extensions = told === '' ? '' : `<extensions>${told}</extensions>`
  return `<trkpt lat="${latitude[i]}" lon="${east}">${elevation(beside, i)}${time}${extensions}</trkpt>\n`
}

const isElevation = ({ name, type }: MeasureSpec): boolean =>
  name === 'altitude' && type !== 'string' && type !== 'boolean'

const elevation = (measures: readonly ReportMeasure[], i: number): string => {
  const altitude = measures.find(({ spec }) => isElevation(spec))
  const text = altitude === undefined ? undefined : valueText(altitude.spec, altitude.values[i])
  return text === undefined ? '' : `<ele>${withoutExponent(text)}</ele>`
}

const besideOf = (measures: readonly ReportMeasure[], i: number): string => {
  let all = ''
  for (const { spec, values } of measures) {
    const text = isElevation(spec) ? undefined : valueText(spec, values[i])
    if (text !== undefined) all += `<measure:${spec.name}>${xmlText(text)}</measure:${spec.name}>`
  }
  return all
}

const motion = (speed: number, heading: number): string => {
  const [meters, course] = [float32Text(speed), float32Text(heading)]
  if (meters === undefined && course === undefined) return ''
  const parts = [
    meters === undefined ? '' : `<gpxtpx:speed>${meters}</gpxtpx:speed>`,
    course === undefined ? '' : `<gpxtpx:course>${withoutExponent(course)}</gpxtpx:course>`,
  ]
  return `<gpxtpx:TrackPointExtension>${parts.join('')}</gpxtpx:TrackPointExtension>`
}

/** A decimal of XML Schema has none. */
const withoutExponent = (text: string): string => {
  const [mantissa, exponent] = text.split('e')
  if (exponent === undefined) return text
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole, part = ''] = mantissa.replace('-', '').split('.')
  const places = Number(exponent)
  if (places < 0) return `${sign}0.${'0'.repeat(-places - 1)}${whole}${part}`
  return `${sign}${whole}${part.padEnd(places, '0')}`
}
