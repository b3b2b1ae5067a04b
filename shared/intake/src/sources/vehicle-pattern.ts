import { FleetError } from '@fleetlake/core'
import { plainNameOf } from './plain-name.ts'

/** Finds a vehicle's id in the name of its file. */
export interface VehiclePattern {
  /** @param path with `/` between folders; of an archive's member the archive's path comes first */
  idOf(path: string): { readonly id: string } | { readonly fault: string }
}

const MOST_LENGTH = 1_024
const MOST_DEEP = 2
const PART = /\{([^{}]*)\}|\*\*|\*/g
const TEMPLATE_PARTS = new Set(['name', 'folder', 'parent'])

const usage = (what: string): FleetError => new FleetError('usage.invalid', what)

const HELP =
  '{name} is the file\'s name without its endings, {folder} and {parent} the folder that it is in; or say where the id is, as in "trip_{vehicle}_*.csv"'

interface Piece {
  /** What stands between braces, `*`, `**`, or the text itself. */
  readonly kind: 'text' | 'part' | 'any' | 'deep'
  readonly text: string
}

const piecesOf = (pattern: string): Piece[] => {
  const pieces: Piece[] = []
  let at = 0
  for (const match of pattern.matchAll(PART)) {
    if (match.index > at) pieces.push({ kind: 'text', text: pattern.slice(at, match.index) })
    const [whole, part] = match
    if (whole === '**') pieces.push({ kind: 'deep', text: whole })
    else if (whole === '*' || part === '*') pieces.push({ kind: 'any', text: whole })
    else pieces.push({ kind: 'part', text: part })
    at = match.index + whole.length
  }
  if (at < pattern.length) pieces.push({ kind: 'text', text: pattern.slice(at) })
  return pieces
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.')

const foldersOf = (path: string): { readonly name: string; readonly folder: string | undefined } => {
  const parts = partsOf(path)
  const name = parts.at(-1) ?? ''
  // The folder of what lies at the top of an archive is the archive.
  const folder = parts.at(-2)
  return { name, folder: folder === undefined ? undefined : plainNameOf(folder, 'archive') }
}

/** An id made of parts of the path. */
const template = (pattern: string, pieces: readonly Piece[]): VehiclePattern => ({
  idOf: (path) => {
    const { name, folder } = foldersOf(path)
    const texts: string[] = []
    for (const { kind, text } of pieces) {
      if (kind !== 'part') texts.push(text)
      else if (text === 'name') texts.push(plainNameOf(name))
      else if (folder === undefined)
        return { fault: `${path} is in no folder that "${pattern}" could name its vehicle by` }
      else texts.push(folder)
    }
    const id = texts.join('')
    return id === '' ? { fault: `${path} has no name that "${pattern}" could name its vehicle by` } : { id }
  },
})

/** What `{vehicle}` is in one part of a path, '' where the part has none; undefined where it does not fit. Each `*` and `{vehicle}` is as short as can be. */
const matchPart = (pieces: readonly Piece[], part: string): string | undefined => {
  let vehicle = ''
  let at = 0
  let open: Piece | undefined
  for (const [i, piece] of pieces.entries()) {
    if (piece.kind !== 'text') {
      open = piece
      continue
    }
    const least = at + (open?.kind === 'part' ? 1 : 0)
    const isLast = i === pieces.length - 1
    const found =
      isLast && part.endsWith(piece.text) ? part.length - piece.text.length : part.indexOf(piece.text, least)
    if (found < least || (open === undefined && found !== at)) return undefined
    if (open?.kind === 'part') vehicle = part.slice(at, found)
    at = found + piece.text.length
    open = undefined
  }
  if (open === undefined) return at === part.length ? vehicle : undefined
  if (open.kind === 'any') return vehicle
  return at < part.length ? part.slice(at) : undefined
}

/** As `matchPart`, of the last parts of a path. `**` are any parts. */
const matchEnd = (patterns: readonly (readonly Piece[])[], parts: readonly string[]): string | undefined => {
  const pieces = patterns.at(-1)
  if (pieces === undefined) return ''
  const rest = patterns.slice(0, -1)
  if (pieces.length === 1 && pieces[0].kind === 'deep') {
    for (let end = parts.length; end >= 0; end--) {
      const found = matchEnd(rest, parts.slice(0, end))
      if (found !== undefined) return found
    }
    return undefined
  }
  if (parts.length === 0) return undefined
  const here = matchPart(pieces, parts[parts.length - 1])
  if (here === undefined) return undefined
  const before = matchEnd(rest, parts.slice(0, -1))
  return before === undefined ? undefined : here === '' ? before : here
}

/** An id that lies somewhere in the path, whose end the pattern is. */
const match = (pattern: string): VehiclePattern => {
  const patterns = partsOf(pattern).map(piecesOf)
  return {
    idOf: (path) => {
      const parts = partsOf(path)
      // Whether the ending that tells of the packing is part of the pattern is not important.
      const id = matchEnd(patterns, parts) ?? matchEnd(patterns, partsOf(plainNameOf(path, 'packed')))
      return id === undefined || id === '' ? { fault: `${path} does not fit to "${pattern}"` } : { id }
    },
  }
}

/**
 * A pattern of `--vehicle-id-from`.
 * @throws FleetError `usage.invalid` for one that names no part of a path
 */
export const parseVehiclePattern = (pattern: string): VehiclePattern => {
  if (pattern.length > MOST_LENGTH) throw usage(`the pattern of vehicle ids is longer than ${MOST_LENGTH} characters`)
  const pieces = piecesOf(pattern)
  const parts = pieces.filter(({ kind }) => kind === 'part').map(({ text }) => text)
  const unknown = parts.find((part) => part !== 'vehicle' && !TEMPLATE_PARTS.has(part))
  if (unknown !== undefined) throw usage(`"${pattern}" names {${unknown}}, which is no part of a path: ${HELP}`)
  const vehicles = parts.filter((part) => part === 'vehicle').length
  if (vehicles > 1) throw usage(`"${pattern}" names {vehicle} ${vehicles} times: name it once, and the rest with *`)
  if (parts.length === 0) throw usage(`"${pattern}" does not say where the vehicle's id is: ${HELP}`)
  if (vehicles === 1 && parts.length > 1)
    throw usage(`"${pattern}" names {vehicle} and {${parts.find((part) => part !== 'vehicle')}}: name one of them`)
  if (vehicles === 1) {
    if (pieces.some(({ kind }, i) => kind !== 'text' && i > 0 && pieces[i - 1].kind !== 'text'))
      throw usage(`"${pattern}" has nothing between two of its places: say what stands there`)
    if (pieces.filter(({ kind }) => kind === 'deep').length > MOST_DEEP)
      throw usage(`"${pattern}" has ** more than ${MOST_DEEP} times`)
    return match(pattern)
  }
  if (pieces.some(({ kind }) => kind === 'any' || kind === 'deep'))
    throw usage(`"${pattern}" has a * beside {${parts[0]}}: a * goes with {vehicle}`)
  return template(pattern, pieces)
}
