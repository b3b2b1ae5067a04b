import type { AnswerFormat } from './answer-format.ts'
import { optionalJson, type WriteRow, writeRows } from './row-text.ts'

/** A FeatureCollection of points; the member `status` says how the answer ended. */
export const geojson = (): AnswerFormat => {
  let isFirst = true
  const row: WriteRow = (id, type, time, longitude, latitude, optional) => {
    const separator = isFirst ? '\n' : ',\n'
    isFirst = false
    return `${separator}{"type":"Feature","geometry":{"type":"Point","coordinates":[${longitude},${latitude}]},"properties":{"vehicle_id":${id},"vehicle_type":${type},"event_time":"${time}"${optionalJson(optional)}}}`
  }
  return {
    head: () => '{"type":"FeatureCollection","features":[',
    rows: (batch) => writeRows(batch, { text: JSON.stringify, none: 'null', row }),
    tail: (status) => `\n],"status":${JSON.stringify(status)}}\n`,
  }
}
