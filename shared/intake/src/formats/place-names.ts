/** The fields that geometries give. */
export const PLACE: readonly string[] = ['longitude', 'latitude']

/** Names of columns that geometries only repeat. */
const USUAL = [/^(longitude|lon|lng|long)$/i, /^(latitude|lat)$/i]

/** Whether some columns are longitude and latitude by their names. */
export const isPlace = (names: readonly string[]): boolean =>
  USUAL.every((usual) => names.some((name) => usual.test(name)))
