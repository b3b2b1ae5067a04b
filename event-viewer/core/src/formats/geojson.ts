import type { AnswerFormat } from './answer-format.ts'
import { createRowText, optionalJson, type WriteRow } from './row-text.ts'

/** A FeatureCollection of points; the member `status` says how the answer ended. */
export const geojson = (): AnswerFormat => {
  let isFirst = true
  const row: WriteRow = (id, type, time, longitude, latitude, optional, names) => {
    const separator = isFirst ? '\n' : ',\n'
    isFirst = false
    return `${separator}{"type":"Feature","geometry":{"type":"Point","coordinates":[${longitude},${latitude}]},"properties":{"vehicle_id":${id},"vehicle_type":${type},"event_time":"${time}"${optionalJson(optional, names)}}}`
  }
  return {
    head: () => '{"type":"FeatureCollection","features":[',
    rows: createRowText({ text: JSON.stringify, none: 'null', row }).write,
    tail: (status) => `\n],"status":${JSON.stringify(status)}}\n`,
  }
}
