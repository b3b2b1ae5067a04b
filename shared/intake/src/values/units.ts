/** What is measured. Units of one quantity can be turned into each other. */
export type Quantity = 'speed' | 'length' | 'temperature' | 'share' | 'angle' | 'voltage' | 'volume'

export interface Unit {
  readonly name: string
  readonly quantity: Quantity
  /** Of one in the quantity's own unit: m/s, m, °C, %, degrees, V, l. */
  readonly factor: number
  /** Added first, for temperatures. */
  readonly offset?: number
}

/** m/s of one, by the names that `--speed-unit` takes. */
export const SPEED_UNITS: Readonly<Record<SpeedUnit, number>> = {
  'm/s': 1,
  'km/h': 1 / 3.6,
  kn: 1852 / 3600,
  mph: 1609.344 / 3600,
}
export type SpeedUnit = 'm/s' | 'km/h' | 'kn' | 'mph'

/** Each with its spellings: small letters and digits, without what is between them. */
const UNITS: readonly (readonly [Unit, ...string[]])[] = [
  [{ name: 'm/s', quantity: 'speed', factor: 1 }, 'ms', 'mps', 'msec', 'ms1', 'meterspersecond', 'metrespersecond'],
  [
    { name: 'km/h', quantity: 'speed', factor: SPEED_UNITS['km/h'] },
    'kmh',
    'kph',
    'kmph',
    'kmhr',
    'kmh1',
    'kilometersperhour',
    'kilometresperhour',
  ],
  [{ name: 'kn', quantity: 'speed', factor: SPEED_UNITS.kn }, 'kn', 'kt', 'kts', 'kns', 'knot', 'knots'],
  [{ name: 'mph', quantity: 'speed', factor: SPEED_UNITS.mph }, 'mph', 'mih', 'milesperhour'],
  [{ name: 'ft/s', quantity: 'speed', factor: 0.3048 }, 'fts', 'fps'],
  [{ name: 'cm/s', quantity: 'speed', factor: 0.01 }, 'cms'],
  [{ name: 'm', quantity: 'length', factor: 1 }, 'm', 'meter', 'meters', 'metre', 'metres', 'mtr', 'mtrs'],
  [{ name: 'km', quantity: 'length', factor: 1000 }, 'km', 'kms', 'kilometer', 'kilometers', 'kilometre', 'kilometres'],
  [{ name: 'ft', quantity: 'length', factor: 0.3048 }, 'ft', 'feet', 'foot'],
  [{ name: 'mi', quantity: 'length', factor: 1609.344 }, 'mi', 'mile', 'miles'],
  [{ name: 'nmi', quantity: 'length', factor: 1852 }, 'nmi', 'nm', 'nauticalmiles'],
  [{ name: 'cm', quantity: 'length', factor: 0.01 }, 'cm'],
  [{ name: 'mm', quantity: 'length', factor: 0.001 }, 'mm'],
  [{ name: '°C', quantity: 'temperature', factor: 1 }, 'c', '°c', '℃', 'degc', 'celsius', 'degreescelsius'],
  [
    { name: '°F', quantity: 'temperature', factor: 5 / 9, offset: -32 },
    'f',
    '°f',
    '℉',
    'degf',
    'fahrenheit',
    'degreesfahrenheit',
  ],
  [{ name: 'K', quantity: 'temperature', factor: 1, offset: -273.15 }, 'k', 'kelvin'],
  [{ name: '%', quantity: 'share', factor: 1 }, '%', 'percent', 'pct', 'percentage'],
  [{ name: '°', quantity: 'angle', factor: 1 }, '°', 'º', 'deg', 'degs', 'degree', 'degrees', '°t', 'degt'],
  [{ name: 'rad', quantity: 'angle', factor: 180 / Math.PI }, 'rad', 'rads', 'radian', 'radians'],
  [{ name: 'V', quantity: 'voltage', factor: 1 }, 'v', 'volt', 'volts'],
  [{ name: 'mV', quantity: 'voltage', factor: 0.001 }, 'mv', 'millivolts'],
  [{ name: 'l', quantity: 'volume', factor: 1 }, 'l', 'ltr', 'liter', 'liters', 'litre', 'litres'],
  [{ name: 'gal', quantity: 'volume', factor: 3.785_411_784 }, 'gal', 'gallon', 'gallons'],
]

const BY_SPELLING: ReadonlyMap<string, readonly Unit[]> = (() => {
  const map = new Map<string, Unit[]>()
  for (const [unit, ...spellings] of UNITS)
    for (const spelling of spellings) map.set(spelling, [...(map.get(spelling) ?? []), unit])
  return map
})()

/** Letters, digits and the signs of units, in small letters. */
export const plainUnit = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}%°º℃℉]/gu, '')

/** The unit that a text names, such as `km/h`, `KMH` or `m s-1`; of a quantity, or of any. */
export const unitNamed = (text: string, quantity?: Quantity): Unit | undefined =>
  BY_SPELLING.get(plainUnit(text))?.find((unit) => quantity === undefined || unit.quantity === quantity)

/** A value in its quantity's own unit. */
export const inOwnUnit = (value: number, { factor, offset = 0 }: Unit): number => (value + offset) * factor

const QUANTITIES: ReadonlyMap<string, Quantity> = new Map([
  ['speed', 'speed'],
  ['heading', 'angle'],
  ['altitude', 'length'],
  ['accuracy', 'length'],
  ['odometer', 'length'],
  ['battery', 'share'],
  ['fuel', 'share'],
  ['temperature', 'temperature'],
])

/** What a column or a well-known measure with a unit is a quantity of; undefined for others. */
export const quantityOf = (name: string): Quantity | undefined => QUANTITIES.get(name)
