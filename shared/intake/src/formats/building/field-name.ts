import { isPositionColumn, wellKnownMeasure } from '@fleetlake/columnar'

const PLAIN = /^[a-z][a-z0-9_]{0,62}$/

/** A plain name: `heartRate` becomes `heart_rate`. */
export const snakeName = (name: string): string => {
  if (PLAIN.test(name)) return name
  const plain = name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 63)
  return /^[a-z]/.test(plain) ? plain : `field_${plain}`.slice(0, 63)
}

/**
 * The name of a value whose unit the format does not say: never one that is a column of every position, or a measure that has a unit, since a speed may be in km/h there.
 */
export const unknownName = (name: string): string => {
  const plain = snakeName(name)
  const isMeant = isPositionColumn(plain) || wellKnownMeasure(plain)?.unit !== undefined
  return isMeant ? `extension_${plain}`.slice(0, 63) : plain
}
