import { FleetError } from '@fleetlake/core'

/**
 * How often vehicles report, as the header of a batch of rows says it: whole seconds of each run of rows of one vehicle and one UTC date, in their order; `-` where it is not known, and
 * `*` before how often a value follows on itself: `20*3,-,600`. A client that does not know the header passes it over.
 */
export const CADENCES_HEADER = 'fleet-cadences'

/** Of more letters nothing is said: headers count to the size of a message, of which rows take half. */
const MOST_LETTERS = 64 * 1024
/** The longest interval between two reports of a date, s. */
const MOST_SECONDS = 86_400

/**
 * @param cadences ms, of each run; undefined where it is not known
 * @returns undefined where nothing is known
 */
export const writeCadenceRuns = (cadences: readonly (number | undefined)[]): string | undefined => {
  if (cadences.every((each) => each === undefined)) return undefined
  const parts: string[] = []
  for (let from = 0; from < cadences.length;) {
    let to = from + 1
    while (to < cadences.length && cadences[to] === cadences[from]) to++
    const value = cadences[from] === undefined ? '-' : String(cadences[from]! / 1000)
    parts.push(to - from === 1 ? value : `${value}*${to - from}`)
    from = to
  }
  const text = parts.join(',')
  return text.length > MOST_LETTERS ? undefined : text
}

const PART = /^(-|[1-9][0-9]{0,4})(?:\*([1-9][0-9]{0,7}))?$/

/**
 * The inverse of `writeCadenceRuns`.
 * @param runs how many there are in the rows that it came with
 * @throws FleetError `message.invalid`
 */
export const readCadenceRuns = (text: string, runs: number): (number | undefined)[] => {
  const invalid = (what: string): FleetError =>
    new FleetError(
      'message.invalid',
      `the header ${CADENCES_HEADER} ${what}: let finders and clients be of one version`,
    )
  if (text.length > MOST_LETTERS) throw invalid(`has more than ${MOST_LETTERS} letters`)
  const cadences: (number | undefined)[] = []
  for (const part of text.split(',')) {
    const [, value, times = '1'] = PART.exec(part) ?? []
    if (value === undefined || Number(value) > MOST_SECONDS) throw invalid(`has "${part.slice(0, 20)}" for a cadence`)
    if (cadences.length + Number(times) > runs)
      throw invalid(`tells of more than the ${runs} vehicles and dates of its rows`)
    const cadence = value === '-' ? undefined : Number(value) * 1000
    for (let i = 0; i < Number(times); i++) cadences.push(cadence)
  }
  if (cadences.length < runs) throw invalid(`tells of ${cadences.length} of the ${runs} vehicles and dates of its rows`)
  return cadences
}
