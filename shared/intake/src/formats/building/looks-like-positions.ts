/** A word within a name: "gpsLatitude", "lat_wgs84". */
const word = (words: string): RegExp => new RegExp(`(?:^|[^a-z])(?:${words})(?:[^a-z]|$)`)

const LONGITUDE = word('lon|lng|long|longitude|x')
const LATITUDE = word('lat|latitude|y')
const PLACE = word('position|location|coordinates?|geom|geometry|point|wkt|polyline')
const TIME = word('time|timestamp|datetime|date|ts|utc|epoch|when|[a-z]+time|[a-z]+date')

/** Whether the names of a table's columns are such as positions have: a place and a time. */
export const looksLikePositions = (names: readonly string[]): boolean => {
  const plain = names.map((name) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase())
  const has = (words: RegExp): boolean => plain.some((name) => words.test(name))
  return has(TIME) && ((has(LONGITUDE) && has(LATITUDE)) || has(PLACE))
}
