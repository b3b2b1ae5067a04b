import type { AnswerFormat } from './answer-format.ts'
import { createRowText, optionalJson, type WriteRow } from './row-text.ts'

/** One JSON object a line. */
export const ndjson = (): AnswerFormat => ({
  head: () => '',
  rows: createRowText({ text: JSON.stringify, none: 'null', row }).write,
  tail: () => '',
})

const row: WriteRow = (id, type, time, longitude, latitude, optional, names) =>
  `{"vehicle_id":${id},"vehicle_type":${type},"event_time":"${time}","longitude":${longitude},"latitude":${latitude}${optionalJson(optional, names)}}\n`
