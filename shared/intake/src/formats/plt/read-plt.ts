import { FleetError } from '@fleetlake/core'
import type { Block, Cursor } from '../block.ts'
import { createBlockBuilder } from '../building/build-block.ts'
import { parseDateTime, parseUtc } from '../../values/date-time.ts'
import { parseDecimal } from '../building/parse-decimal.ts'
import { readTextLines, type TextLine } from '../building/text-lines.ts'
import type { Format, Input, ReadOptions } from '../format.ts'

/** Lines before the first position. */
const HEADER_LINES = 6
const GEOLIFE = /^\uFEFF?geolife trajectory/i
const OZI = /^\uFEFF?oziexplorer track point file/i
const WGS84 = /^wgs ?(?:19)?84$/i

/**
 * PLT: tracks of OziExplorer, and of GeoLife, which has its form. The file does not say which vehicle it is of. Times are UTC; altitudes feet, −777 where there is none.
 */
export const PLT: Format = {
  name: 'plt',
  title: 'PLT',
  counts: 'line',
  hasMeaning: true,
  sniff: (head) => {
    const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 256)).toString('utf8')
    return GEOLIFE.test(text) || OZI.test(text) ? 2 : 0
  },
  read: readPlt,
}

async function* readPlt(input: Input, { from, blockBytes, signal }: ReadOptions): AsyncGenerator<Block> {
  const builder = createBlockBuilder()
  const set = {
    time: builder.time('event_time'),
    longitude: builder.number('longitude'),
    latitude: builder.number('latitude'),
    altitude: builder.number('altitude'),
    isBreak: builder.value('is_track_start'),
  }
  let start = from
  let last: Cursor = from
  for await (const lines of readTextLines(input, from, signal)) {
    for (const line of lines) {
      last = { at: line.next, place: line.place + 1 }
      if (!builder.isEmpty() && line.at - start.at >= blockBytes) {
        const next = { at: line.at, place: line.place }
        yield builder.cut(start, next)
        start = next
      }
      if (line.place <= HEADER_LINES) checkHeader(line, input.name)
      else if (line.text.trim() !== '') addLine(line)
    }
  }
  if (!builder.isEmpty()) yield builder.cut(start, last)

  function addLine({ text, place, isTooLong }: TextLine): void {
    const cells = text.split(',', MOST_CELLS)
    if (isTooLong || cells.length < 5) {
      const detail = isTooLong ? 'the line is too long' : 'the line has fewer than 5 values'
      return builder.fault({ reason: isTooLong ? 'line-too-long' : 'malformed', detail, place, text })
    }
    const [latitude, longitude, code, altitude, days, date = '', time = ''] = cells.map((cell) => cell.trim())
    const feet = parseDecimal(altitude)
    set.latitude(parseDecimal(latitude))
    set.longitude(parseDecimal(longitude))
    set.altitude(feet === undefined || feet === -777 ? undefined : feet * METERS_PER_FOOT)
    set.time(timeOf(date, time, days))
    set.isBreak(code === '1' ? true : undefined)
    builder.endRow(place, text)
  }
}

const MOST_CELLS = 16
const METERS_PER_FOOT = 0.3048
const DAY_MS = 86_400_000
/** The day that Delphi's and Excel's days are counted from. */
const FIRST_DAY_MS = Date.UTC(1899, 11, 30)

const checkHeader = ({ text, place }: TextLine, name: string): void => {
  if (place === 1 && !GEOLIFE.test(text) && !OZI.test(text))
    throw new FleetError(
      'import.invalid',
      `${name}: this is no PLT file of OziExplorer or GeoLife: its first line says neither`,
    )
  if (place === 2 && !WGS84.test(text.trim()))
    throw new FleetError(
      'import.invalid',
      `${name}: its places are not WGS 84 but "${text.trim().slice(0, 40)}": convert them first`,
    )
  if (place === 3 && !/feet/i.test(text))
    throw new FleetError('import.invalid', `${name}: its altitudes are not in feet: convert them first`)
}

/** The date and the time as text where they are ISO's, which is exact; else the days. */
const timeOf = (date: string, time: string, days: string): number | undefined =>
  (parseDateTime(`${date} ${time}`) === undefined ? undefined : parseUtc(`${date} ${time}`)) ?? timeOfDays(days)

/** Days with few decimals say a whole second only nearly: it is taken where the digits allow it. */
export const timeOfDays = (text: string): number | undefined => {
  const days = parseDecimal(text)
  if (days === undefined || days <= 0) return undefined
  const ms = Math.round(FIRST_DAY_MS + days * DAY_MS)
  const second = Math.round(ms / 1000) * 1000
  const digits = (text.split('.')[1] ?? '').length
  const resolutionMs = DAY_MS / 10 ** digits
  return resolutionMs < 1000 && Math.abs(ms - second) <= resolutionMs / 2 + 1 ? second : ms
}
