import { sayInstant } from './calendar.ts'
import { type Decided, mayMiss, quoted } from './decided.ts'
import { guessPatterns } from './guess-patterns.ts'
import { isPlausible, steadierOf } from './plausible.ts'
import { formatOfTexts, type TextTime } from './text-time.ts'
import { wallClockOf, type WrittenTime } from './written-time.ts'

/** How texts are read by one form. */
export interface TextReading {
  readonly form: TextTime
  /** By the texts' order; undefined where one is of another form, or there is no such day or hour. */
  readonly written: readonly (WrittenTime | undefined)[]
  /** As the wall clock shows them, as if it were UTC; NaN where there is none. The day is looked at, and hours do not matter. */
  readonly walls: readonly number[]
  /** Texts that are read. */
  readonly count: number
}

export interface TextTimeOptions {
  /** Of the field, for sentences. */
  readonly name: string
  readonly nowMs: number
}

/** Texts that patterns are guessed from, and patterns that are tried, at most. */
const MOST_GUESSED = 500
const MOST_PATTERNS = 12

export const readTexts = (texts: readonly string[], form: TextTime): TextReading => {
  const format = formatOfTexts(form)
  const written = texts.map((text) => {
    const time = format(text)
    return time === undefined || wallClockOf(time) === undefined ? undefined : time
  })
  const walls = written.map((time) => (time === undefined ? NaN : wallClockOf(time)!))
  return { form, written, walls, count: written.filter((time) => time !== undefined).length }
}

const guessAll = (texts: readonly string[]): { patterns: string[]; unsure: string[] } => {
  const [patterns, unsure] = [new Set<string>(), new Set<string>()]
  for (const text of texts.slice(0, MOST_GUESSED)) {
    const guess = guessPatterns(text)
    for (const pattern of guess.patterns) if (patterns.size < MOST_PATTERNS) patterns.add(pattern)
    for (const pattern of guess.unsure) if (unsure.size < MOST_PATTERNS) unsure.add(pattern)
  }
  return { patterns: [...patterns], unsure: [...unsure] }
}

/** The pattern with day and month in the other order; the same one where it has no such order. */
const turned = (pattern: string): string =>
  pattern.replace(/^(.*?)(DD|MM)([-/. ])(DD|MM)(.*)$/, (_, before, a, by, b, after) => `${before}${b}${by}${a}${after}`)

const patternOf = ({ form }: TextReading): string => (form.kind === 'pattern' ? form.pattern : '')

const flags = (...patterns: readonly string[]): string =>
  patterns.map((pattern) => `--time-format "${pattern}"`).join(' or ')

/**
 * How the texts of times are written: as ISO has it, or by a pattern that their own form shows. The order of day and month is taken from days beyond the 12th, from what lies in the
 * future, or from rows that follow each other within an hour across a change of the date; else it is asked for.
 * @param texts of the rows that have one, in their order, without blanks around them
 */
export const decideTextTime = (texts: readonly string[], { name, nowMs }: TextTimeOptions): Decided<TextReading> => {
  const { patterns, unsure } = guessAll(texts)
  const readings = [
    readTexts(texts, { kind: 'iso' }),
    ...patterns.map((pattern) => readTexts(texts, { kind: 'pattern', pattern })),
  ].toSorted((a, b) => b.count - a.count)
  const [best] = readings
  const other = readings.find((reading) => reading !== best && patternOf(reading) === turned(patternOf(best)))
  const covered = other === undefined ? best.count : texts.filter((_, i) => isRead(best, i) || isRead(other, i)).length
  if (covered * 2 <= texts.length) return notUnderstood(texts, { name, readings, unsure })
  if (best.form.kind === 'iso') return { reading: best, notes: missesOf(best, { texts, name }) }
  if (other === undefined) return taken(best, { texts, name, why: '' })
  return orderOf(best, other, { texts, name, nowMs })
}

const isRead = ({ written }: TextReading, i: number): boolean => written[i] !== undefined

interface Shown {
  readonly texts: readonly string[]
  readonly name: string
}

const missesOf = ({ count, written }: TextReading, { texts, name }: Shown): string[] => {
  if (count === texts.length) return []
  const miss = texts[written.findIndex((time) => time === undefined)]
  return [
    `of another form: ${texts.length - count} of the first ${texts.length} times in ${quoted(name)}, such as ${quoted(miss)}; such rows are refused`,
  ]
}

const taken = (reading: TextReading, { texts, name, why }: Shown & { readonly why: string }): Decided<TextReading> => {
  const first = reading.written.findIndex((time) => time !== undefined)
  const shown = sayInstant(reading.walls[first]).slice(0, -1)
  return {
    reading,
    notes: [
      `the times in ${quoted(name)} are read as "${patternOf(reading)}"${why}: ${quoted(texts[first])} is ${shown}`,
      ...missesOf(reading, { texts, name }),
    ],
  }
}

const notUnderstood = (
  texts: readonly string[],
  { name, readings, unsure }: { name: string; readings: readonly TextReading[]; unsure: readonly string[] },
): Decided<TextReading> => {
  const strange = texts.find((_, i) => readings.every((reading) => !isRead(reading, i))) ?? texts[0]
  const isAbbreviated = unsure.some((pattern) => pattern.includes('['))
  const why = isAbbreviated
    ? ', whose zone has a short name that several zones share'
    : unsure.length > 0
      ? ', whose year has two digits'
      : ''
  const choices = unsure.length > 0 ? flags(...unsure.slice(0, 3)) : flags('DD/MM/YYYY HH:mm:ss')
  return {
    question: `most times in ${quoted(name)} are not understood, such as ${quoted(strange)}${why}: say how they are written with ${unsure.length > 0 ? '' : 'a pattern, such as '}${choices}${isAbbreviated ? ', and their zone with --timezone' : ''}`,
  }
}

const plausibleIn = ({ walls }: TextReading, nowMs: number): number =>
  walls.filter((ms) => isPlausible(ms, nowMs)).length

/** @param a,b readings by patterns which differ in the order of day and month only */
const orderOf = (
  a: TextReading,
  b: TextReading,
  { texts, name, nowMs }: Shown & { readonly nowMs: number },
): Decided<TextReading> => {
  const [dayFirst, monthFirst] = patternOf(a).indexOf('DD') < patternOf(a).indexOf('MM') ? [a, b] : [b, a]
  const take = (reading: TextReading, why: string): Decided<TextReading> => taken(reading, { texts, name, why })
  const onlyDay = texts.filter((_, i) => isRead(dayFirst, i) && !isRead(monthFirst, i)).length
  const onlyMonth = texts.filter((_, i) => isRead(monthFirst, i) && !isRead(dayFirst, i)).length
  if (onlyDay > 0 && onlyMonth <= Math.floor(onlyDay / 20))
    return take(dayFirst, ', since days beyond the 12th show it')
  if (onlyMonth > 0 && onlyDay <= Math.floor(onlyMonth / 20))
    return take(monthFirst, ', since days beyond the 12th show it')
  const choices = flags(patternOf(dayFirst), patternOf(monthFirst))
  if (onlyDay > 0)
    return {
      question: `the times in ${quoted(name)} have days and months in both orders: ${onlyDay} of ${texts.length} rows can only have the day first, ${onlyMonth} the month; say which counts with ${choices}, the other rows are refused then`,
    }
  const [inDay, inMonth] = [plausibleIn(dayFirst, nowMs), plausibleIn(monthFirst, nowMs)]
  const fits = (count: number): boolean => texts.length - count <= mayMiss(texts.length)
  if (fits(inDay) && !fits(inMonth)) return take(dayFirst, ', since the other order lies in the future')
  if (fits(inMonth) && !fits(inDay)) return take(monthFirst, ', since the other order lies in the future')
  const steadier = steadierOf(dayFirst.walls, monthFirst.walls)
  if (steadier !== undefined)
    return take(steadier === 'a' ? dayFirst : monthFirst, ', since so rows follow each other where the date changes')
  if (/DD\.MM/.test(patternOf(dayFirst))) return take(dayFirst, ', since dates with points have the day first')
  const first = dayFirst.written.findIndex((time) => time !== undefined)
  const days = [dayFirst, monthFirst].map(({ walls }) => sayInstant(walls[first]).slice(0, 10))
  return {
    question: `the times in ${quoted(name)} may have the day or the month first: ${quoted(texts[first])} is of ${days.join(' or ')}; say which with ${choices}`,
  }
}
