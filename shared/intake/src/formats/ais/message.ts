import type { Payload } from './payload.ts'
import { shipTypeOf } from './ship-types.ts'

/** A position that a ship, or an aircraft of rescue, reports; what is not available is undefined. */
export interface AisPosition {
  readonly kind: 'position'
  readonly messageType: number
  readonly mmsi: string
  readonly longitude: number | undefined
  readonly latitude: number | undefined
  /** m/s */
  readonly speed: number | undefined
  /** Over ground, degrees. */
  readonly course: number | undefined
  /** Where the bow points, degrees. */
  readonly trueHeading: number | undefined
  /** m */
  readonly altitude?: number | undefined
  readonly navigationStatus?: string | undefined
  /** Of the minute, UTC. */
  readonly utcSecond?: number | undefined
  /** Type 19 says it itself. */
  readonly ship?: AisShip | undefined
}

/** What ships say of themselves now and then. */
export interface AisShip {
  readonly name?: string | undefined
  readonly type?: string | undefined
}

export interface AisStatic {
  readonly kind: 'static'
  readonly mmsi: string
  readonly ship: AisShip
}

/** Bits that a message of a type has at least; those that stations cut may miss what is spare at their end. */
const FEWEST_BITS: Readonly<Record<number, number>> = {
  1: 137,
  2: 137,
  3: 137,
  5: 240,
  9: 128,
  18: 133,
  19: 271,
  24: 48,
  27: 94,
}

/** @returns undefined for messages that are neither positions nor say what a ship is, 'malformed' for those that break off */
export const messageOf = (payload: Payload): AisPosition | AisStatic | 'malformed' | undefined => {
  const messageType = payload.unsigned(0, 6)
  const fewest = FEWEST_BITS[messageType]
  if (payload.length < 38) return 'malformed'
  if (fewest === undefined) return undefined
  if (payload.length < fewest) return 'malformed'
  const mmsi = String(payload.unsigned(8, 30)).padStart(9, '0')
  switch (messageType) {
    case 5:
      return { kind: 'static', mmsi, ship: shipOf(payload, 112, 232) }
    case 24: {
      const isPartA = payload.unsigned(38, 2) === 0
      return { kind: 'static', mmsi, ship: isPartA ? { name: nameAt(payload, 40) } : { type: typeAt(payload, 40) } }
    }
    case 27:
      return { kind: 'position', messageType, mmsi, ...longRange(payload) }
    case 9:
      return { kind: 'position', messageType, mmsi, ...aircraft(payload) }
    case 18:
      return { kind: 'position', messageType, mmsi, ...vessel(payload, 46) }
    case 19:
      return { kind: 'position', messageType, mmsi, ...vessel(payload, 46), ship: shipOf(payload, 143, 263) }
    default:
      return {
        kind: 'position',
        messageType,
        mmsi,
        ...vessel(payload, 50),
        navigationStatus: STATUSES[payload.unsigned(38, 4)],
      }
  }
}

type Said = Omit<AisPosition, 'kind' | 'messageType' | 'mmsi'>

const METERS_PER_SECOND = 1852 / 3600

const longitudeOf = (parts: number, perDegree: number): number | undefined =>
  Math.abs(parts) <= 180 * perDegree ? parts / perDegree : undefined
const latitudeOf = (parts: number, perDegree: number): number | undefined =>
  Math.abs(parts) <= 90 * perDegree ? parts / perDegree : undefined
const angleOf = (value: number, perDegree: number): number | undefined =>
  value < 360 * perDegree ? value / perDegree : undefined
const secondOf = (second: number): number | undefined => (second < 60 ? second : undefined)

/** From the speed on, positions of classes A and B are alike. Places are 1/10,000 minutes, courses 1/10 degrees, speeds 1/10 knots; 102.2 is "or more". */
const vessel = (payload: Payload, at: number): Said => {
  const speed = payload.unsigned(at, 10)
  return {
    speed: speed === 1023 ? undefined : (speed / 10) * METERS_PER_SECOND,
    longitude: longitudeOf(payload.signed(at + 11, 28), 600_000),
    latitude: latitudeOf(payload.signed(at + 39, 27), 600_000),
    course: angleOf(payload.unsigned(at + 66, 12), 10),
    trueHeading: angleOf(payload.unsigned(at + 78, 9), 1),
    utcSecond: secondOf(payload.unsigned(at + 87, 6)),
  }
}

/** Type 9: speed in knots. */
const aircraft = (payload: Payload): Said => {
  const [altitude, speed] = [payload.unsigned(38, 12), payload.unsigned(50, 10)]
  return {
    altitude: altitude === 4095 ? undefined : altitude,
    speed: speed === 1023 ? undefined : speed * METERS_PER_SECOND,
    longitude: longitudeOf(payload.signed(61, 28), 600_000),
    latitude: latitudeOf(payload.signed(89, 27), 600_000),
    course: angleOf(payload.unsigned(116, 12), 10),
    trueHeading: undefined,
    utcSecond: secondOf(payload.unsigned(128, 6)),
    ship: { type: 'search and rescue aircraft' },
  }
}

/** Type 27: places in 1/10 minutes, speed in knots. */
const longRange = (payload: Payload): Said => {
  const speed = payload.unsigned(79, 6)
  return {
    navigationStatus: STATUSES[payload.unsigned(40, 4)],
    longitude: longitudeOf(payload.signed(44, 18), 600),
    latitude: latitudeOf(payload.signed(62, 17), 600),
    speed: speed === 63 ? undefined : speed * METERS_PER_SECOND,
    course: angleOf(payload.unsigned(85, 9), 1),
    trueHeading: undefined,
  }
}

const nameAt = (payload: Payload, at: number): string | undefined => {
  const name = payload.text(at, 120)
  return name === '' ? undefined : name
}
const typeAt = (payload: Payload, at: number): string | undefined => shipTypeOf(payload.unsigned(at, 8))
const shipOf = (payload: Payload, name: number, type: number): AisShip => ({
  name: nameAt(payload, name),
  type: typeAt(payload, type),
})

/** By the standard's numbers; 15 is "not defined". */
const STATUSES: readonly (string | undefined)[] = [
  'under way using engine',
  'at anchor',
  'not under command',
  'restricted manoeuvrability',
  'constrained by draught',
  'moored',
  'aground',
  'fishing',
  'under way sailing',
  undefined,
  undefined,
  'towing astern',
  'pushing ahead or towing alongside',
  undefined,
  'AIS-SART active',
  undefined,
]
