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

/** How a coordinate is read. */
export interface AngleReading {
  /** `degrees` are decimal; `minutes` are ddmm.mmmm, as NMEA has them; `text` are degrees, minutes and seconds with their marks. */
  readonly kind: 'degrees' | 'minutes' | 'text'
  /** The field with N, S, E or W, if it is not in the value. */
  readonly hemisphere: string | undefined
}

/** The mark before a number's decimals. */
export type Decimal = '.' | ','
