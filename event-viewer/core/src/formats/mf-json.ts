import type { AnswerFormat } from './answer-format.ts'
import { lineFormat, type LineOptions } from './line-format.ts'
import { float32Text } from './row-text.ts'
import type { Stretch } from './stretches.ts'

const HEAD =
  '{"type":"FeatureCollection",' +
  '"crs":{"type":"Name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},' +
  '"trs":{"type":"Name","properties":{"name":"urn:ogc:data:time:iso8601"}},"features":['

/**
 * OGC Moving Features JSON (19-045r3), encoding Prism: a feature for each stretch, a MovingPoint with linear interpolation, so that nothing is
 * said of a gap; speed and heading are temporal properties. The member `status` says how the answer ended.
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
      tail: (status) => `\n],"status":${JSON.stringify(status)}}\n`,
    },
    options,
  )
}

const feature = (stretch: Stretch): string => {
  const datetimes = listOf(stretch.length, (i) => timeText(stretch, i))
  const coordinates = listOf(stretch.length, (i) => `[${stretch.longitude[i]},${stretch.latitude[i]}]`)
  const names = `"vehicle_id":${JSON.stringify(stretch.vehicleId)},"vehicle_type":${JSON.stringify(stretch.vehicleType)}`
  // UN/CEFACT's codes of metre per second and of degree.
  const properties = [measure(stretch, 'speed', 'MTS'), measure(stretch, 'heading', 'DD')].filter((text) => text !== '')
  return `{"type":"Feature","geometry":null,"properties":{${names}},"temporalGeometry":{"type":"MovingPoint","datetimes":${datetimes},"coordinates":${coordinates},"interpolation":"Linear"},"temporalProperties":[${properties.join(',')}]}`
}

/** With times of its own, since values that are not known have no place in the format; empty without any. */
const measure = (stretch: Stretch, name: 'speed' | 'heading', unit: string): string => {
  const column = stretch[name]
  const known: number[] = []
  for (let i = 0; i < stretch.length; i++) if (Number.isFinite(column[i])) known.push(i)
  if (known.length === 0) return ''
  const datetimes = listOf(known.length, (i) => timeText(stretch, known[i]))
  const values = listOf(known.length, (i) => float32Text(column[known[i]])!)
  // From 350° to 10° is not by way of 180°.
  const interpolation = name === 'heading' ? 'Step' : 'Linear'
  return `{"datetimes":${datetimes},"${name}":{"type":"Measure","form":"${unit}","values":${values},"interpolation":"${interpolation}"}}`
}

const timeText = ({ eventTime }: Stretch, i: number): string => `"${new Date(eventTime[i]).toISOString()}"`

const listOf = (length: number, item: (i: number) => string): string => {
  let list = ''
  for (let i = 0; i < length; i++) list += (i === 0 ? '' : ',') + item(i)
  return `[${list}]`
}
