import { gapsFacts } from '../gaps/gap.ts'
import type { AnswerFormat } from './answer-format.ts'
import { lineFormat, type LineOptions } from './line-format.ts'
import { memberName, float32Text, valueJson } from './row-text.ts'
import type { Stretch } from './stretches.ts'

/**
 * A FeatureCollection of a LineString for each stretch, a Point where it is one report. `coordinateProperties` hold what belongs to each
 * coordinate, measures by their names (with a low line more behind `times`, `speeds`, `headings` and what differs from these in low lines behind only); the members `gaps` and `status` say what was taken for a gap and how the answer ended.
 */
export const geojsonLines = (options: LineOptions): AnswerFormat => {
  let isFirst = true
  return lineFormat(
    {
      head: () => '{"type":"FeatureCollection","features":[',
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
    // RFC 7946, 3.1.9: no line crosses the antimeridian.
    { ...options, isCutAtAntimeridian: true },
  )
}

const feature = ({
  vehicleId,
  vehicleType,
  length,
  eventTime,
  longitude,
  latitude,
  speed,
  heading,
  beside,
}: Stretch): string => {
  let [coordinates, times, speeds, headings] = ['', '', '', '']
  for (let i = 0; i < length; i++) {
    const comma = i === 0 ? '' : ','
    coordinates += `${comma}[${longitude[i]},${latitude[i]}]`
    times += `${comma}"${new Date(eventTime[i]).toISOString()}"`
    speeds += comma + (float32Text(speed[i]) ?? 'null')
    headings += comma + (float32Text(heading[i]) ?? 'null')
  }
  const said = beside.map(
    ({ spec, values }) => `,"${memberName(spec.name, TAKEN)}":[${joined(length, (i) => valueJson(spec, values[i]))}]`,
  )
  const geometry =
    length === 1
      ? `{"type":"Point","coordinates":${coordinates}}`
      : `{"type":"LineString","coordinates":[${coordinates}]}`
  const names = `"vehicle_id":${JSON.stringify(vehicleId)},"vehicle_type":${JSON.stringify(vehicleType)}`
  return `{"type":"Feature","geometry":${geometry},"properties":{${names},"coordinateProperties":{"times":[${times}],"speeds":[${speeds}],"headings":[${headings}]${said.join('')}}}}`
}

const TAKEN = ['times', 'speeds', 'headings']

const joined = (length: number, item: (i: number) => string): string => {
  let list = ''
  for (let i = 0; i < length; i++) list += (i === 0 ? '' : ',') + item(i)
  return list
}
