import { FleetError } from '@fleetlake/core'
import type { Block, Cursor } from '../block.ts'
import { createBlockBuilder } from '../building/build-block.ts'
import { readTextLines, type TextLine } from '../building/text-lines.ts'
import { hasByte } from '../has-byte.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { addToEpoch, type Clock, dateAfter, type Epoch, isOfEpoch, newEpoch } from './epoch.ts'
import { fixOf } from './fix.ts'
import { parseSentence, type Sentence } from './sentence.ts'

/** The sentences that positions and dates are in. */
const DOLLAR = 0x24
const OF_POSITIONS = /\$[A-Z]{2}(?:RMC|GGA|GLL|VTG|ZDA),/
const OF_AIS = /![A-Z]{2}VD[MO],\d,/

/**
 * NMEA 0183 of one receiver: RMC, GGA, GLL, VTG and ZDA, whoever speaks. Sentences of one instant are one row. The file does not say which vehicle it is of. Dates come from RMC and ZDA, and hold for times
 * without one; before the first date the time that a line says of itself has to do.
 */
export const NMEA: Format = {
  name: 'nmea',
  title: 'NMEA 0183',
  counts: 'line',
  hasMeaning: true,
  sniff: (head) => {
    if (!hasByte(head, DOLLAR)) return 0
    const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1')
    if (!OF_POSITIONS.test(text)) return 0
    return OF_AIS.test(text) ? 1 : 2
  },
  read: readNmea,
}

/** Epochs without a date, after which a file is taken to have none. */
const MOST_WITHOUT_DATE = 10_000

/** From an epoch's first line on; what comes of it later is another row. */
const MAX_EPOCH_LINES = 200
const MAX_EPOCH_TEXT = 1_000

const FAULTS = {
  malformed: 'this is no whole sentence of NMEA 0183',
  checksum: 'the checksum of the sentence is wrong',
  'line-too-long': 'the line is too long',
  'no-fix': 'the receiver had no position',
  'no-date': 'no date is known: neither RMC nor ZDA came before',
} as const

/** What a cursor must know of the lines before it. */
interface Context {
  readonly clock: Clock | undefined
  readonly hasDate: boolean
}

async function* readNmea(input: Input, { from, blockBytes, signal }: ReadOptions): AsyncGenerator<Block> {
  const builder = createBlockBuilder()
  const set = {
    time: builder.time('event_time'),
    longitude: builder.number('longitude'),
    latitude: builder.number('latitude'),
    speed: builder.number('speed'),
    heading: builder.number('heading'),
    altitude: builder.number('altitude'),
    fixQuality: builder.number('fix_quality'),
    satellites: builder.number('satellites'),
    hdop: builder.number('hdop'),
  }
  const context = from.context === undefined ? undefined : (JSON.parse(from.context) as Context)
  let clock = context?.clock
  let start = from
  let undated = 0
  let hasDate = context?.hasDate ?? false
  let epoch: Epoch | undefined
  /** Where the epoch in hand begins, and the lines of it. */
  let first: TextLine | undefined
  let text = ''
  /** Of its lines. */
  let stamp: number | undefined

  const fault = (reason: keyof typeof FAULTS, line: Pick<TextLine, 'place' | 'text'>): void =>
    builder.fault({ reason, detail: FAULTS[reason], place: line.place, text: line.text })

  const dateOf = ({ said, timeOfDay }: Epoch): number | undefined => {
    if (said.date !== undefined) return said.date
    if (clock !== undefined) return dateAfter(clock, timeOfDay!)
    return stamp === undefined ? undefined : dateAfter(clockOf(stamp), timeOfDay!)
  }
  const endEpoch = (ended: Epoch, { place }: TextLine): void => {
    const { timeOfDay, said, rank, hasPlace } = ended
    const date = timeOfDay === undefined ? undefined : dateOf(ended)
    if (date !== undefined && (said.date !== undefined || clock !== undefined)) clock = { date, timeOfDay: timeOfDay! }
    if (date !== undefined) hasDate = true
    if (!hasPlace) return
    if (rank === 0) return fault('no-fix', { place, text })
    if (date === undefined) {
      fault('no-date', { place, text })
      if (!hasDate && ++undated >= MOST_WITHOUT_DATE) throw withoutDate(input.name)
      return
    }
    set.time(date + timeOfDay!)
    set.longitude(said.longitude)
    set.latitude(said.latitude)
    set.speed(said.speed)
    set.heading(said.heading)
    set.altitude(said.altitude)
    set.fixQuality(said.fixQuality)
    set.satellites(said.satellites)
    set.hdop(said.hdop)
    builder.endRow(place, text)
  }
  const end = (): void => {
    if (epoch !== undefined) endEpoch(epoch, first!)
    epoch = undefined
    stamp = undefined
    text = ''
  }
  /** The block that ends before a line, where that is due. */
  const blockBefore = (next: Omit<Cursor, 'context'>, isDue: boolean): Block | undefined => {
    if (!isDue || builder.isEmpty()) return undefined
    const cursor = { ...next, context: JSON.stringify({ clock, hasDate } satisfies Context) }
    const block = builder.cut(start, cursor)
    start = cursor
    return block
  }
  const take = (line: TextLine, sentence: Sentence): Block | undefined => {
    const fix = fixOf(sentence)
    if (fix === undefined) return undefined
    if (fix === 'malformed') return void fault(fix, line)
    if (fix.kind === 'ZDA' && (epoch === undefined || fix.timeOfDay !== epoch.timeOfDay)) {
      if (fix.date !== undefined && fix.timeOfDay !== undefined) {
        end()
        clock = { date: fix.date, timeOfDay: fix.timeOfDay }
        hasDate = true
      }
      return undefined
    }
    if (epoch === undefined && fix.kind === 'VTG') return undefined
    let block: Block | undefined
    if (epoch === undefined || !isOfEpoch(epoch, sentence.address, fix)) {
      end()
      block = blockBefore({ at: line.at, place: line.place }, line.at - start.at >= blockBytes)
      epoch = newEpoch(fix.timeOfDay)
      first = line
    }
    addToEpoch(epoch, sentence.address, fix)
    if (typeof sentence.stamp === 'number') stamp ??= sentence.stamp
    if (text.length < MAX_EPOCH_TEXT) text += `${text === '' ? '' : '\n'}${line.text}`
    return block
  }

  let last: Omit<Cursor, 'context'> = from
  for await (const lines of readTextLines(input, from, signal)) {
    for (const line of lines) {
      last = { at: line.next, place: line.place + 1 }
      if (epoch !== undefined && line.place - first!.place >= MAX_EPOCH_LINES) end()
      if (epoch === undefined) {
        const block = blockBefore({ at: line.at, place: line.place }, line.at - start.at >= blockBytes)
        if (block !== undefined) yield block
      }
      const sentence = line.isTooLong ? 'line-too-long' : parseSentence(line.text)
      if (sentence === undefined) continue
      if (typeof sentence === 'string') {
        fault(sentence, line)
        continue
      }
      const block = take(line, sentence)
      if (block !== undefined) yield block
    }
  }
  end()
  const block = blockBefore(last, true)
  if (block !== undefined) yield block
  if (!hasDate && undated > 0) throw withoutDate(input.name)
}

const DAY_MS = 86_400_000
const clockOf = (ms: number): Clock => {
  const date = Math.floor(ms / DAY_MS) * DAY_MS
  return { date, timeOfDay: ms - date }
}

const withoutDate = (name: string): FleetError =>
  new FleetError(
    'import.invalid',
    `${name}: its sentences have times and no date: there is neither RMC nor ZDA, nor a time with a date in its lines`,
  )
