import type { AnswerFormat } from './answer-format.ts'
import { optionalJson, type WriteRow, writeRows } from './row-text.ts'

/** One JSON object a line. */
export const ndjson = (): AnswerFormat => ({
  head: () => '',
  rows: (batch) => writeRows(batch, { text: JSON.stringify, none: 'null', row }),
  tail: () => '',
})

const row: WriteRow = (id, type, time, longitude, latitude, optional) =>
  `{"vehicle_id":${id},"vehicle_type":${type},"event_time":"${time}","longitude":${longitude},"latitude":${latitude}${optionalJson(optional)}}\n`
