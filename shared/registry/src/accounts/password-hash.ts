import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** Passwords are kept as argon2id hashes, in the form of the Password Hashing Competition: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */

const derive = promisify(argon2)

/** RFC 9106's second recommendation, its lanes one after the other: 64 MiB and some tenths of a second for each guess. */
const COST = { memory: 64 * 1024, passes: 3, parallelism: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32

/** A hash that others wrote must not cost without bounds: at most 1 GiB and 16 passes on 16 threads. */
const MOST = { memory: 1024 * 1024, passes: 16, parallelism: 16 }

const FORM =
  /^\$argon2id\$v=19\$m=(?<memory>\d{1,7}),t=(?<passes>\d{1,2}),p=(?<parallelism>\d{1,2})\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<hash>[A-Za-z0-9+/]{16,86})$/

interface Parsed {
  readonly cost: typeof COST
  readonly salt: Buffer
  readonly hash: Buffer
}

const parse = (text: string): Parsed | undefined => {
  const groups = FORM.exec(text)?.groups
  if (groups === undefined) return undefined
  const cost = {
    memory: Number(groups['memory']),
    passes: Number(groups['passes']),
    parallelism: Number(groups['parallelism']),
  }
  const isBounded =
    cost.parallelism >= 1 &&
    cost.parallelism <= MOST.parallelism &&
    cost.passes >= 1 &&
    cost.passes <= MOST.passes &&
    cost.memory >= 8 * cost.parallelism &&
    cost.memory <= MOST.memory
  if (!isBounded) return undefined
  return { cost, salt: Buffer.from(groups['salt'], 'base64'), hash: Buffer.from(groups['hash'], 'base64') }
}

const hashOf = (password: string, { cost, salt, hash }: Parsed): Promise<Buffer> => {
  // Letters that look the same are the same, however a keyboard composes them.
  const parameters: Argon2Parameters = {
    message: password.normalize('NFC'),
    nonce: salt,
    tagLength: hash.length,
    ...cost,
  }
  return derive('argon2id', parameters)
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

/** Whether a text is a hash of a password, within bounds of what checking a password against it costs. */
export const isPasswordHash = (text: string): boolean => parse(text) !== undefined

export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  const hash = await hashOf(password, { cost: COST, salt, hash: Buffer.alloc(HASH_BYTES) })
  const { memory, passes, parallelism } = COST
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}

/** Whether a hash is of this password; false for a text that is no hash. */
export const isPasswordOf = async (hash: string, password: string): Promise<boolean> => {
  const parsed = parse(hash)
  return parsed !== undefined && timingSafeEqual(await hashOf(password, parsed), parsed.hash)
}
