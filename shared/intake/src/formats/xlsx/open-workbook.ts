import { posix } from 'node:path'
import { FleetError } from '@fleetlake/core'
import { createXmlReader, localName, type XmlListener } from '../xml/xml-reader.ts'
import { type CellContext, unescape } from './cell.ts'
import { type DateKind, dateKindOf, dateKindOfBuiltIn } from './number-format.ts'
import { openZip, type Zip } from './open-zip.ts'

/** A sheet of a workbook. */
export interface Sheet {
  readonly name: string
  /** Its part of the zip file. */
  readonly part: string
  readonly isHidden: boolean
}

export interface Workbook extends CellContext {
  readonly zip: Zip
  readonly name: string
  readonly sheets: readonly Sheet[]
}

/** Texts of cells are kept once for the whole workbook, in memory. */
const STRINGS_BOUNDS: StringsBounds = { characters: 256 * 1024 * 1024, strings: 8 * 1024 * 1024 }

interface StringsBounds {
  readonly characters: number
  /** Different texts. */
  readonly strings: number
}

const MAX_SHEETS = 1_000
const MAX_STYLES = 100_000

/**
 * @param file its path
 * @param options the workbook's name, for people; how much may be kept of its texts
 * @throws FleetError `import.invalid`
 */
export const openWorkbook = async (
  file: string,
  { name, signal, bounds = STRINGS_BOUNDS }: { name: string; signal: AbortSignal; bounds?: StringsBounds },
): Promise<Workbook> => {
  const zip = await openZip(file, name)
  try {
    const targets = await readRelations(zip, name, signal)
    const { sheets, is1904 } = await readSheets(zip, name, targets, signal)
    const stylesPart = partOf(zip, 'xl/styles.xml')
    const stringsPart = partOf(zip, 'xl/sharedStrings.xml')
    const dateKinds = stylesPart === undefined ? [] : await readDateKinds(zip, name, stylesPart, signal)
    const strings = stringsPart === undefined ? [] : await readStrings(zip, { name, part: stringsPart, signal, bounds })
    return { zip, name, sheets, is1904, dateKinds, strings }
  } catch (error) {
    zip.close()
    throw error
  }
}

const partOf = (zip: Zip, part: string): string | undefined => (zip.has(part) ? part : undefined)

const readPart = async (
  { zip, name, part, signal }: { zip: Zip; name: string; part: string; signal: AbortSignal },
  listener: XmlListener,
): Promise<void> => {
  const reader = createXmlReader(listener, `${name}, ${part}`)
  for await (const bytes of zip.read(part, signal)) reader.write(bytes)
  reader.end()
}

const WORKBOOK = 'xl/workbook.xml'

/** The parts that the workbook names, by the ids that it gives them. */
const readRelations = async (zip: Zip, name: string, signal: AbortSignal): Promise<Map<string, string>> => {
  const targets = new Map<string, string>()
  await readPart(
    { zip, name, part: 'xl/_rels/workbook.xml.rels', signal },
    {
      open: (tag, { Id = '', Target = '' }) => {
        if (localName(tag) !== 'Relationship' || targets.size > MAX_SHEETS) return
        targets.set(Id, Target.startsWith('/') ? Target.slice(1) : posix.join('xl', Target))
      },
      close: () => undefined,
    },
  )
  return targets
}

const readSheets = async (
  zip: Zip,
  name: string,
  targets: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<{ sheets: Sheet[]; is1904: boolean }> => {
  const sheets: Sheet[] = []
  let is1904 = false
  await readPart(
    { zip, name, part: WORKBOOK, signal },
    {
      open: (tag, attributes) => {
        const local = localName(tag)
        if (local === 'workbookPr') is1904 = /^(?:1|true|on)$/.test(attributes['date1904'] ?? '')
        if (local !== 'sheet' || sheets.length >= MAX_SHEETS) return
        const relation = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1]
        const part = targets.get(relation ?? '')
        // Charts and dialogs are sheets without rows.
        if (part === undefined || !zip.has(part) || /(?:chart|dialog|macro)sheets\//.test(part)) return
        sheets.push({
          name: attributes['name'] ?? '',
          part,
          isHidden: /hidden/i.test(attributes['state'] ?? ''),
        })
      },
      close: () => undefined,
    },
  )
  return { sheets, is1904 }
}

/** Of each style that cells may have. */
const readDateKinds = async (
  zip: Zip,
  name: string,
  part: string,
  signal: AbortSignal,
): Promise<(DateKind | undefined)[]> => {
  const codes = new Map<number, DateKind | undefined>()
  const dateKinds: (DateKind | undefined)[] = []
  const path: string[] = []
  await readPart(
    { zip, name, part, signal },
    {
      open: (tag, attributes) => {
        const local = localName(tag)
        if (local === 'numFmt' && codes.size < MAX_STYLES)
          codes.set(Number(attributes['numFmtId']), dateKindOf(attributes['formatCode'] ?? ''))
        if (local === 'xf' && path.at(-1) === 'cellXfs' && dateKinds.length < MAX_STYLES) {
          const id = Number(attributes['numFmtId'] ?? 0)
          dateKinds.push(codes.has(id) ? codes.get(id) : dateKindOfBuiltIn(id))
        }
        path.push(local)
      },
      close: () => void path.pop(),
    },
  )
  return dateKinds
}

const readStrings = async (
  zip: Zip,
  { name, part, signal, bounds }: { name: string; part: string; signal: AbortSignal; bounds: StringsBounds },
): Promise<string[]> => {
  const strings: string[] = []
  let text = ''
  let characters = 0
  /** Within a reading aid of Japanese, which is none of the text. */
  let isPhonetic = false
  await readPart(
    { zip, name, part, signal },
    {
      open: (tag) => {
        const local = localName(tag)
        if (local === 'si') text = ''
        if (local === 'rPh') isPhonetic = true
      },
      close: (tag, own) => {
        const local = localName(tag)
        if (local === 't' && !isPhonetic) text += own
        if (local === 'rPh') isPhonetic = false
        if (local !== 'si') return
        strings.push(unescape(text))
        characters += text.length
        if (characters > bounds.characters || strings.length > bounds.strings)
          throw new FleetError(
            'import.invalid',
            `${name}: it has more than ${bounds.strings} different texts, or they have more than ${bounds.characters} characters: export it as CSV`,
          )
      },
    },
  )
  return strings
}
