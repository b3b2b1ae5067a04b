import { measureNameFault } from '@fleetlake/columnar'

/** A name for the measure that a field holds: `temp_c` of `Temp (C)`; empty where its name has nothing of one. */
export const measureNameOf = (field: string): string => {
  const plain = field
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/_$/, '')
  return measureNameFault(plain) === undefined ? plain : ''
}
