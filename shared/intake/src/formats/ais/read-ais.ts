import { FleetError } from '@fleetlake/core'
import type { Block, Cursor } from '../block.ts'
import { createBlockBuilder } from '../building/build-block.ts'
import { readTextLines, type TextLine } from '../building/text-lines.ts'
import { hasByte } from '../has-byte.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { dateAfter, type Clock } from '../nmea/epoch.ts'
import { fixOf } from '../nmea/fix.ts'
import { parseSentence, type Sentence } from '../nmea/sentence.ts'
import { createAssembler, type Assembled } from './assemble.ts'
import { type AisPosition, messageOf } from './message.ts'
import { payloadOf } from './payload.ts'
import { createShips } from './ships.ts'

const MARK = 0x21
const OF_AIS = /![A-Z]{2}VD[MO],\d,\d,/

/**
 * AIS in sentences of NMEA 0183 (VDM, VDO): positions of types 1, 2, 3, 9, 18, 19 and 27. A ship's MMSI is the vehicle's id; its type is that of types 5, 19 and 24 once it was said. Positions have the
 * second of the minute only: the time is when the message was received, by a TAG block, by what stands before or behind the sentence, or by the ZDA and RMC sentences between. Heading is where the bow
 * points, and the course over ground where that is not known; the course is a field of its own too.
 */
export const AIS: Format = {
  name: 'ais',
  title: 'AIS (AIVDM)',
  counts: 'line',
  hasMeaning: true,
  sniff: (head) =>
    hasByte(head, MARK) && OF_AIS.test(Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1'))
      ? 2
      : 0,
  read: readAis,
}

/** Positions without any time, after which a file is taken to have none. */
const MOST_WITHOUT_TIME = 1_000

const FAULTS = {
  malformed: 'this is no whole sentence or message of AIS',
  checksum: 'the checksum of the sentence is wrong',
  'line-too-long': 'the line is too long',
  'incomplete-message': 'the other sentences of this message are missing',
} as const

/** Reading begins at the first line, wherever rows are asked for: earlier messages tell what a ship is, and halves of messages may wait. */
async function* readAis(input: Input, { from, blockBytes, signal }: ReadOptions): AsyncGenerator<Block> {
  const builder = createBlockBuilder()
  const set = {
    id: builder.value('vehicle_id'),
    type: builder.value('vehicle_type'),
    time: builder.time('event_time'),
    longitude: builder.number('longitude'),
    latitude: builder.number('latitude'),
    speed: builder.number('speed'),
    heading: builder.number('heading'),
    altitude: builder.number('altitude'),
    course: builder.number('course'),
    name: builder.value('ship_name'),
    status: builder.value('navigation_status'),
    second: builder.number('utc_second'),
    messageType: builder.number('message_type'),
  }
  const assembler = createAssembler()
  const ships = createShips()
  let clock: LineClock | undefined
  let hasTime = false
  let untimed = 0
  let start: Cursor = from
  let here: Omit<TextLine, 'isTooLong'> = { at: 0, next: 0, place: 1, text: '' }

  const isWanted = (): boolean => here.at >= from.at
  const fault = (reason: keyof typeof FAULTS, place = here.place, text = here.text): void => {
    if (isWanted()) builder.fault({ reason, detail: FAULTS[reason], place, text })
  }
  const addPosition = (position: AisPosition, time: number | string | undefined): void => {
    if (time !== undefined) hasTime = true
    else if (!hasTime && ++untimed >= MOST_WITHOUT_TIME) throw withoutTime(input.name)
    if (!isWanted()) return
    const ship = ships.of(position.mmsi)
    set.id(position.mmsi)
    set.type(ship?.type)
    set.time(time)
    set.longitude(position.longitude)
    set.latitude(position.latitude)
    set.speed(position.speed)
    set.heading(position.trueHeading ?? position.course)
    set.altitude(position.altitude)
    set.course(position.course)
    set.name(ship?.name)
    set.status(position.navigationStatus)
    set.second(position.utcSecond)
    set.messageType(position.messageType)
    builder.endRow(here.place, here.text)
  }
  const addMessage = ({ armored, fillBits, stamp }: Assembled): void => {
    const payload = payloadOf(armored, fillBits)
    const message = payload === undefined ? 'malformed' : messageOf(payload)
    if (message === undefined) return
    if (message === 'malformed') return fault(message)
    if (message.ship !== undefined) ships.learn(message.mmsi, message.ship)
    if (message.kind === 'position') addPosition(message, stamp ?? timeOf(clock, here.place))
  }
  const take = (line: TextLine): void => {
    const sentence = line.isTooLong ? 'line-too-long' : parseSentence(line.text)
    if (sentence === undefined) return
    if (typeof sentence === 'string') return fault(sentence)
    if (sentence.start === '$') clock = clockAfter(clock, sentence, line.place)
    else if (/VD[MO]$/.test(sentence.address)) {
      const message = assembler.add(sentence, line.place)
      if (message === 'malformed') fault(message)
      else if (message !== undefined) addMessage(message)
      for (const place of assembler.givenUp()) fault('incomplete-message', place, '')
    }
  }

  for await (const lines of readTextLines(input, { at: 0, place: 1 }, signal)) {
    for (const line of lines) {
      if (!builder.isEmpty() && line.at - start.at >= blockBytes) {
        const next = { at: line.at, place: line.place }
        yield builder.cut(start, next)
        start = next
      }
      here = line
      take(line)
    }
  }
  for (const place of assembler.end()) fault('incomplete-message', place, '')
  // Before rows that no one could read.
  if (!hasTime && untimed > 0) throw withoutTime(input.name)
  if (!builder.isEmpty()) yield builder.cut(start, { at: here.next, place: here.place + 1 })
}

/** The last time that a sentence of a receiver has said, and the line of it. */
interface LineClock extends Clock {
  readonly place: number
}

/** Lines after which a clock that has not been heard again is not believed. */
const MAX_CLOCK_LINES = 1_000

const clockAfter = (clock: LineClock | undefined, sentence: Sentence, place: number): LineClock | undefined => {
  const fix = fixOf(sentence)
  if (fix === undefined || fix === 'malformed' || fix.timeOfDay === undefined) return clock
  const date = fix.date ?? (clock === undefined ? undefined : dateAfter(clock, fix.timeOfDay))
  return date === undefined ? clock : { date, timeOfDay: fix.timeOfDay, place }
}

const timeOf = (clock: LineClock | undefined, place: number): number | undefined =>
  clock === undefined || place - clock.place > MAX_CLOCK_LINES ? undefined : clock.date + clock.timeOfDay

const withoutTime = (name: string): FleetError =>
  new FleetError(
    'import.invalid',
    `${name}: its positions have no time, only the second of the minute: record it with times, in TAG blocks (\\c:1577836800*hh\\) or behind each sentence`,
  )
