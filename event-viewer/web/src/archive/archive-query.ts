import { z } from 'zod'

const LATEST_MS = 8.64e15
const TIME = 'must be a time such as 2026-01-05T07:00:00Z, or ms since the epoch'
const BINS = 'must be a whole number from 1 to 2000'

export interface ArchiveQuery {
  /** ms since the epoch, `[from, to)`; the table's own where missing. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Bins of the histogram, at most. */
  readonly bins: number
}

/** A whole number as a text. */
export const whole = (message: string): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^-?\d{1,16}$/, message)
    .transform(Number)

/** ms since the epoch, or RFC 3339. */
export const time = z
  .union([z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)), whole(TIME)], {
    error: TIME,
  })
  .refine((ms) => Math.abs(ms) <= LATEST_MS, 'must be a time that a date can have')

const bins = whole(BINS)
  .refine((count) => count >= 1 && count <= 2000, BINS)
  .default(120)

const parameters = z
  .strictObject({ from: time.optional(), to: time.optional(), bins })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'from must be before to')

/** The query of `GET /api/archive`; a text is what is wrong with it. */
export const parseArchiveQuery = (query: Record<string, string>): ArchiveQuery | string => {
  const { success, data, error } = parameters.safeParse(query)
  return success ? data : faultOfQuery(error, query)
}

/** What is wrong with a query, for people. */
export const faultOfQuery = ({ issues }: z.ZodError, query: Record<string, string>): string =>
  issues
    .map(({ path, message }) => {
      const name = path.join('.')
      return name === '' ? message : `${name} ${message}, and is ${JSON.stringify(query[name])}`
    })
    .join('; ')
