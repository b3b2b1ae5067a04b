import type { AnswerFormat } from './answer-format.ts'
import { lineFormat, type LineOptions, type LineWriter } from './line-format.ts'
import { float32Text } from './row-text.ts'
import type { Stretch } from './stretches.ts'
import { xmlText } from './xml-text.ts'

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document>
<Schema id="report">
<gx:SimpleArrayField name="speed" type="float"><displayName>speed, m/s</displayName></gx:SimpleArrayField>
<gx:SimpleArrayField name="heading" type="float"><displayName>heading, degrees</displayName></gx:SimpleArrayField>
</Schema>
`

/**
 * KML 2.2 with Google's extensions: a placemark for each vehicle, a `gx:Track` for each stretch, which a time slider plays. A comment at the
 * end says how the answer ended.
 */
export const kml = (options: LineOptions): AnswerFormat => lineFormat(kmlWriter(), options)

const kmlWriter = (): LineWriter => {
  let isOpen = false
  const close = (): string => (isOpen ? '</gx:MultiTrack></Placemark>\n' : '')
  const open = ({ vehicleId, vehicleType }: Stretch): string => {
    const ended = close()
    isOpen = true
    const type = `<ExtendedData><Data name="vehicle_type"><value>${xmlText(vehicleType)}</value></Data></ExtendedData>`
    return `${ended}<Placemark><name>${xmlText(vehicleId)}</name>${type}<gx:MultiTrack><gx:interpolate>0</gx:interpolate>\n`
  }
  return {
    head: () => HEAD,
    stretch: (stretch) => (stretch.isContinued ? '' : open(stretch)) + track(stretch),
    tail: (status) => `${close()}</Document>\n<!-- status: ${status} -->\n</kml>\n`,
  }
}

const track = ({ length, eventTime, longitude, latitude, speed, heading }: Stretch): string => {
  let [when, coord] = ['', '']
  for (let i = 0; i < length; i++) {
    when += `<when>${new Date(eventTime[i]).toISOString()}</when>\n`
    coord += `<gx:coord>${longitude[i]} ${latitude[i]} 0</gx:coord>\n`
  }
  const motion = `<SchemaData schemaUrl="#report">${values('speed', speed)}${values('heading', heading)}</SchemaData>`
  return `<gx:Track>\n${when}${coord}<ExtendedData>${motion}</ExtendedData></gx:Track>\n`
}

/** One value a report, empty where there is none. */
const values = (name: string, column: Float32Array): string => {
  let all = `<gx:SimpleArrayData name="${name}">`
  for (const value of column) all += `<gx:value>${float32Text(value) ?? ''}</gx:value>`
  return `${all}</gx:SimpleArrayData>`
}
