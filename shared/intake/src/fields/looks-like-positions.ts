import { DATE_NAMES, matchesOf, plainName, pointNamesIn, WEAK_COORDINATES } from './usual-names.ts'

/** Names of times in other words than the usual ones: a person says which counts. */
const OTHER_TIME = /(?:time|date|timestamp|datetime|stamp)$/

const hasTime = (names: readonly string[]): boolean =>
  matchesOf(names, 'event_time').length > 0 ||
  names.some((name) => DATE_NAMES.includes(plainName(name)) || OTHER_TIME.test(plainName(name)))

const hasCoordinate = (names: readonly string[], axis: 'longitude' | 'latitude'): boolean =>
  matchesOf(names, axis).length > 0 || names.some((name) => plainName(name) === WEAK_COORDINATES[axis])

/** Whether the names of a table's columns, or of a list's members, are such as positions have: a place and a time. */
export const looksLikePositions = (names: readonly string[]): boolean =>
  hasTime(names) &&
  ((hasCoordinate(names, 'longitude') && hasCoordinate(names, 'latitude')) || pointNamesIn(names).length > 0)
