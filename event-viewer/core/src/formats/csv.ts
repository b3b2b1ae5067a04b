import type { AnswerFormat } from './answer-format.ts'
import { COLUMNS, type WriteRow, writeRows } from './row-text.ts'

/** RFC 4180, with line feeds. */
export const csv = (): AnswerFormat => ({
  head: () => `${COLUMNS.join(',')}\n`,
  rows: (batch) => writeRows(batch, { text, none: '', row }),
  tail: () => '',
})

const text = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)

const row: WriteRow = (id, type, time, longitude, latitude, speed, heading) =>
  `${id},${type},${time},${longitude},${latitude},${speed},${heading}\n`
