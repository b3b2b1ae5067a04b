import { fastestMps } from '@fleetlake/columnar'
import { isAbsent } from '../values/absent.ts'
import { createTextCache } from './text-cache.ts'

/** Numbers for the types of vehicles. */
export interface VehicleTypes {
  /** The number of a type, dense from 0. */
  numberOf(name: string): number
  /** Of what the UTF-8 text `bytes[from, to)` says; `NO_TYPE` for a word for none, `SLOW_TYPE` for what needs the slower way. */
  numberOfText(bytes: Uint8Array, from: number, to: number): number
  /** By number. */
  readonly names: readonly string[]
  /** What is beyond what such a vehicle drives, m/s. */
  readonly fastestMps: readonly number[]
}

export const NO_TYPE = -1
export const SLOW_TYPE = -2

/** Short and printable, without blanks around it: exactly what the slow way makes of it. */
const isPlain = (text: string): boolean => /^[!-~](?:[ -~]{0,60}[!-~])?$/.test(text)

export const createVehicleTypes = (): VehicleTypes => {
  const numbers = new Map<string, number>()
  const names: string[] = []
  const fastest: number[] = []
  const numberOf = (name: string): number => {
    let number = numbers.get(name)
    if (number === undefined) {
      numbers.set(name, (number = names.push(name) - 1))
      fastest.push(fastestMps(name))
    }
    return number
  }
  const texts = createTextCache((text) => (isAbsent(text) ? NO_TYPE : isPlain(text) ? numberOf(text) : SLOW_TYPE))
  return { numberOf, numberOfText: texts.of, names, fastestMps: fastest }
}
