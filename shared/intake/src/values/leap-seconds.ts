/** When the difference between GPS time and UTC grew by a second, UTC; from the bulletins of the IERS. None was added since 2017. */
const ADDED = [
  '1981-07-01',
  '1982-07-01',
  '1983-07-01',
  '1985-07-01',
  '1988-01-01',
  '1990-01-01',
  '1991-01-01',
  '1992-07-01',
  '1993-07-01',
  '1994-07-01',
  '1996-01-01',
  '1997-07-01',
  '1999-01-01',
  '2006-01-01',
  '2009-01-01',
  '2012-07-01',
  '2015-07-01',
  '2017-01-01',
].map((date) => Date.parse(`${date}T00:00:00Z`))

export const GPS_EPOCH_MS: number = Date.UTC(1980, 0, 6)

/** The instant of a time of GPS, ms since the epoch; of the added second itself the one after it. */
export const utcOfGps = (gpsMs: number): number => {
  let leap = ADDED.length
  while (leap > 0 && gpsMs - leap * 1000 < ADDED[leap - 1]) leap--
  return gpsMs - leap * 1000
}
