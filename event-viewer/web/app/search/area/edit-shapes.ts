import type { Ring, Shape } from '../request/search-request.ts'
import { solidShapes } from './solid-shapes.ts'

/** Shapes less a drawn ring; the same array when the ring meets none of them. */
export const cutHole = (shapes: readonly Shape[], ring: Ring): readonly Shape[] => {
  const parts = shapes.map((shape) => solidShapes([...shape, ring]))
  const isSame = parts.every((part, i) => part.length === 1 && areEqual(part[0], shapes[i]))
  return isSame ? shapes : parts.flat()
}

/** Shapes with one ring in another's place; the outline takes its holes along where it was moved as it is. */
export const replaceRing = (
  shapes: readonly Shape[],
  { shape, ring }: { readonly shape: number; readonly ring: number },
  drawn: Ring,
): readonly Shape[] => {
  const before = shapes[shape]
  const by = ring === 0 ? translationOf(before[0], drawn) : undefined
  const rings = before.map((each, i) => (i === ring ? drawn : by === undefined ? each : moveRing(each, by)))
  return shapes.flatMap((each, i) => (i === shape ? solidShapes(rings) : [each]))
}

/** Shapes without one ring: a hole is filled, an outline goes with its holes. */
export const removeRing = (
  shapes: readonly Shape[],
  { shape, ring }: { readonly shape: number; readonly ring: number },
): readonly Shape[] =>
  shapes.flatMap((each, i) => {
    if (i !== shape) return [each]
    return ring === 0 ? [] : [each.filter((_, j) => j !== ring)]
  })

export type Translation = readonly [longitude: number, latitude: number]

/** How a ring was moved, if that is all that happened to it; a map's projection stretches on the way north or south, by very little. */
export const translationOf = (from: Ring, to: Ring): Translation | undefined => {
  if (from.length !== to.length) return undefined
  const [x, y] = [to[0][0] - from[0][0], to[0][1] - from[0][1]]
  const tolerance = 1e-5 + 0.02 * Math.hypot(x, y)
  const isMoved = to.every(
    (position, i) => Math.hypot(position[0] - from[i][0] - x, position[1] - from[i][1] - y) <= tolerance,
  )
  return isMoved && (x !== 0 || y !== 0) ? [x, y] : undefined
}

export const moveRing = (ring: Ring, [x, y]: Translation): Ring =>
  ring.map(([longitude, latitude]): [number, number] => [roundSum(longitude, x), roundSum(latitude, y)])

const roundSum = (a: number, b: number): number => Math.round((a + b) * 1e6) / 1e6

const areEqual = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((ring, i) => ring === b[i])
