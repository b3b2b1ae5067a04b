import { gapsText } from '../gaps/gap.ts'
import type { AnswerFormat } from './answer-format.ts'
import { lineFormat, type LineOptions, type LineWriter } from './line-format.ts'
import { float32Text } from './row-text.ts'
import type { Stretch } from './stretches.ts'
import { xmlText } from './xml-text.ts'

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2" xmlns:fleet="urn:fleetlake:gpx" version="1.1" creator="Fleetlake">
`

/**
 * GPX 1.1: a track for each vehicle, a segment for each stretch. Of a stretch of one report the point is there twice, since readers show no
 * segment of one point, and waypoints would have to come before every track. Speed and heading are Garmin's TrackPointExtension, which most
 * readers know; the extensions `fleet:status` and `fleet:gaps` at the end say how the answer ended and what was taken for a gap.
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

const pointOf = ({ eventTime, longitude, latitude, speed, heading }: Stretch, i: number): string => {
  // The format ends at 180° east, which is 180° west.
  const east = longitude[i] === 180 ? -180 : longitude[i]
  return `<trkpt lat="${latitude[i]}" lon="${east}"><time>${new Date(eventTime[i]).toISOString()}</time>${motion(speed[i], heading[i])}</trkpt>\n`
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
