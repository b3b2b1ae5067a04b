/**
 * Since when a number counts, and in what: s, ms, µs, ns since 1970; days of Excel (its dates of 1900) and of PLT, which both begin at 1899-12-30; seconds of GPS, which begin at
 * 1980-01-06 and know no leap seconds; digits `yyyymmdd[hh[mm[ss[fff]]]]`; digits `yymmddhhmmss`.
 */
export const NUMBER_UNITS = ['s', 'ms', 'us', 'ns', 'days-1899', 'gps-s', 'digits', 'digits-yy'] as const
export type NumberUnit = (typeof NUMBER_UNITS)[number]

/** How the times of an input are read. `zone` is the one of times without an offset. */
export type TimeReading =
  /** ms since the epoch already. */
  | { readonly kind: 'instant' }
  /** As ISO 8601 has it, with its usual variants. */
  | { readonly kind: 'iso'; readonly zone: string | undefined }
  /** By a pattern of `--time-format`, or one that the sample showed. */
  | { readonly kind: 'pattern'; readonly pattern: string; readonly zone: string | undefined }
  /** Numbers. Days and digits are what a wall clock shows, in `zone`. */
  | { readonly kind: 'number'; readonly unit: NumberUnit; readonly zone: string | undefined }

/** Which of the two numbers of a place comes first. */
export const POINT_ORDERS = ['lat-lon', 'lon-lat'] as const
export type PointOrder = (typeof POINT_ORDERS)[number]

export const isPointOrder = (text: string | undefined): text is PointOrder =>
  POINT_ORDERS.some((order) => order === text)

/** What `--coordinates` takes. */
export const COORDINATE_FORMS = ['degrees', 'minutes', ...POINT_ORDERS] as const
export type CoordinateForm = (typeof COORDINATE_FORMS)[number]

/** How a coordinate is read. */
export interface AngleReading {
  /** `degrees` are decimal; `minutes` are ddmm.mmmm, as NMEA has them; `text` are degrees, minutes and seconds with their marks; of a `point` the cell has both coordinates. */
  readonly kind: 'degrees' | 'minutes' | 'text' | 'point'
  /** The field with N, S, E or W, if it is not in the value. */
  readonly hemisphere: string | undefined
  /** Of points that do not say it themselves. */
  readonly order?: PointOrder | undefined
}

/** The mark before a number's decimals. */
export type Decimal = '.' | ','
