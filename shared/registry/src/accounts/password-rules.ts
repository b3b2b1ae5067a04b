/** Which passwords are taken: long ones that nobody guesses at once. */

export const MIN_PASSWORD_LENGTH = 12
export const MAX_PASSWORD_LENGTH = 128

const LEAST_DIFFERENT = 5
/** Of letters, without words that everybody tries. */
const LEAST_OWN = 4

const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
]
const WORDS = [
  'password',
  'passwort',
  'contrasena',
  'fleetlake',
  'fleet',
  'vehicle',
  'welcome',
  'letmein',
  'secret',
  'admin',
]

const isOneRun = (text: string): boolean =>
  RUNS.some((run) => {
    const twice = run + run
    return twice.includes(text) || [...twice].toReversed().join('').includes(text)
  })

/** Whether it is a shorter text again and again. */
const isRepetition = (text: string): boolean => (text + text).indexOf(text, 1) < text.length

/** What stays of a text without the words, digits and marks that everybody adds. */
const ownLetters = (text: string, words: readonly string[]): string => {
  let left = text
  for (const word of words.toSorted((a, b) => b.length - a.length)) left = left.replaceAll(word, '')
  return left.replaceAll(/[^\p{L}]/gu, '')
}

/** Why a password is not taken for an account, for people; undefined when it is. It never says any of it. */
export const passwordFault = (password: string, account: string): string | undefined => {
  const characters = [...password.normalize('NFC')]
  if (characters.length < MIN_PASSWORD_LENGTH)
    return `the password has ${characters.length} characters, and needs ${MIN_PASSWORD_LENGTH} at least: take several words`
  if (characters.length > MAX_PASSWORD_LENGTH)
    return `the password has ${characters.length} characters, and ${MAX_PASSWORD_LENGTH} are taken at most`
  if (!password.isWellFormed() || /\p{Cc}/u.test(password))
    return 'the password has characters that no keyboard types: leave line ends, tabs and the like out'
  const text = characters.join('').toLowerCase()
  if (new Set(text).size < LEAST_DIFFERENT)
    return `the password has fewer than ${LEAST_DIFFERENT} different characters: take several words`
  if (isRepetition(text)) return 'the password is one text again and again: take several words'
  if (isOneRun(text)) return 'the password is a run of neighbouring letters, digits or keys: take several words'
  const words = [...WORDS, ...account.split(/[^a-z]+/).filter((word) => word.length > 2)]
  const hasWord = words.some((word) => text.includes(word))
  if (hasWord && ownLetters(text, words).length < LEAST_OWN)
    return 'the password is made of the name of the account or of words that everybody tries first: take others'
  return undefined
}
