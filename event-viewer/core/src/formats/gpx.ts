import type { AnswerFormat } from './answer-format.ts'
import { lineFormat, type LineOptions, type LineWriter } from './line-format.ts'
import { float32Text } from './row-text.ts'
import type { Stretch } from './stretches.ts'
import { xmlText } from './xml-text.ts'

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2" xmlns:fleet="urn:fleetlake:gpx" version="1.1" creator="Fleetlake">
`

/**
 * GPX 1.1: a track for each vehicle, a segment for each stretch. Speed and heading are Garmin's TrackPointExtension, which most readers
 * know; the extension `fleet:status` at the end says how the answer ended.
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
    head: () => HEAD,
    stretch: (stretch) => (stretch.isContinued ? '' : open(stretch)) + segment(stretch),
    tail: (status) => `${close()}<extensions><fleet:status>${xmlText(status)}</fleet:status></extensions>\n</gpx>\n`,
  }
}

const segment = ({ length, eventTime, longitude, latitude, speed, heading }: Stretch): string => {
  let points = '<trkseg>\n'
  for (let i = 0; i < length; i++) {
    // The format ends at 180° east, which is 180° west.
    const east = longitude[i] === 180 ? -180 : longitude[i]
    points += `<trkpt lat="${latitude[i]}" lon="${east}"><time>${new Date(eventTime[i]).toISOString()}</time>${motion(speed[i], heading[i])}</trkpt>\n`
  }
  return `${points}</trkseg>\n`
}

const motion = (speed: number, heading: number): string => {
  const [meters, course] = [float32Text(speed), float32Text(heading)]
  if (meters === undefined && course === undefined) return ''
  const parts = [
    meters === undefined ? '' : `<gpxtpx:speed>${meters}</gpxtpx:speed>`,
    course === undefined ? '' : `<gpxtpx:course>${withoutExponent(course)}</gpxtpx:course>`,
  ]
  return `<extensions><gpxtpx:TrackPointExtension>${parts.join('')}</gpxtpx:TrackPointExtension></extensions>`
}

/** A decimal of XML Schema has none, and a heading never one that is not negative. */
const withoutExponent = (text: string): string => {
  const [digits, zeros] = text.split('e-')
  return zeros === undefined ? text : `0.${'0'.repeat(Number(zeros) - 1)}${digits.replace('.', '')}`
}
