import { parseDecimal } from '../building/parse-decimal.ts'
import type { Sentence } from '../nmea/sentence.ts'

/** A message whose sentences are all there. */
export interface Assembled {
  readonly armored: string
  readonly fillBits: number
  /** When it was received: what the first of its sentences that has a time says. */
  readonly stamp: number | string | undefined
}

/** Puts messages of several sentences together. */
export interface Assembler {
  /** @returns undefined while sentences are missing; 'malformed' for what is no sentence of AIS */
  add(sentence: Sentence, place: number): Assembled | 'malformed' | undefined
  /** The places of first sentences whose message was given up since the last time this was asked. */
  givenUp(): readonly number[]
  /** The same of all that still wait. */
  end(): readonly number[]
}

interface Waiting {
  readonly place: number
  readonly count: number
  /** Address, sequence number, channel, and the number of a group of sentences where TAG blocks tell one. */
  readonly key: string
  readonly station: string | undefined
  readonly parts: Map<number, string>
  fillBits: number
  stamp: number | string | undefined
}

/** Of messages that wait, and of lines for which one waits. */
const MAX_WAITING = 64
const MAX_LINES = 2_000
const MAX_PAYLOAD = 512

/** Sentences of a message have the same sequence number and channel, the same station where both tell it, and follow each other soon. Those of many messages may be mixed. */
export const createAssembler = (): Assembler => {
  /** The oldest first. */
  let waiting: Waiting[] = []
  let lost: number[] = []

  const giveUpOld = (place: number): void => {
    while (waiting.length > MAX_WAITING || (waiting.length > 0 && place - waiting[0].place > MAX_LINES))
      lost.push(waiting.shift()!.place)
  }
  const take = (): number[] => {
    const taken = lost
    lost = []
    return taken
  }
  return {
    add: ({ address, fields, stamp, tags }, place) => {
      const [count, number] = [parseDecimal(fields[0]), parseDecimal(fields[1])]
      const [, , sequence, channel, armored, fill] = fields
      const fillBits = parseDecimal(fill)
      if (count === undefined || number === undefined || fillBits === undefined || fillBits > 5) return 'malformed'
      if (!(count >= 1 && count <= 9 && number >= 1 && number <= count)) return 'malformed'
      if (armored.length > MAX_PAYLOAD) return 'malformed'
      if (count === 1) return { armored, fillBits, stamp }
      giveUpOld(place)
      const key = [address, sequence, channel, tags['g']?.split('-')[2]].join(' ')
      const station = tags['s']
      let message = waiting.findLast(
        (one) =>
          one.key === key &&
          one.count === count &&
          !one.parts.has(number) &&
          (one.station === station || one.station === undefined || station === undefined),
      )
      if (message === undefined) {
        message = { place, count, key, station, parts: new Map(), fillBits: 0, stamp: undefined }
        waiting.push(message)
      }
      message.parts.set(number, armored)
      message.stamp ??= stamp
      if (number === count) message.fillBits = fillBits
      if (message.parts.size < count) return undefined
      waiting = waiting.filter((one) => one !== message)
      const { parts } = message
      return {
        armored: Array.from({ length: count }, (_, i) => parts.get(i + 1)!).join(''),
        fillBits: message.fillBits,
        stamp: message.stamp,
      }
    },
    givenUp: take,
    end: () => {
      lost.push(...waiting.map(({ place }) => place))
      waiting = []
      return take()
    },
  }
}
