import type { Decide } from './cut-json.ts'

/** Goes to a path, and takes the elements of a list there, or what else is there. */
export const atPath =
  (path: string): Decide =>
  (here, kind) => {
    if (here === path) return kind === 'array' ? 'elements' : 'record'
    return here === '' || path.startsWith(`${here}.`) ? 'enter' : 'pass'
  }
