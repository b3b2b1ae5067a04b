import { type Control, controlOfColumn, labelOf } from './controls.ts'
import { type ImportForm, newImportForm } from './import-form.ts'
import { COORDINATE_FORMS, FORMATS, SPEED_UNITS, TIME_FORMATS } from './known-choices.ts'

/** A piece of a sentence: text, or what the form calls a flag of the terminal, with its value. */
export type SentencePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'control'; readonly label: string }
  | { readonly kind: 'value'; readonly text: string }

/** What a person may take over into the form. */
export interface Answer {
  readonly label: string
  /** The one that gets the focus. */
  readonly control: Control
  readonly says: Partial<Record<TextControl, string>> & { readonly columns?: Readonly<Record<string, string>> }
}

type TextControl = Exclude<
  { [Name in keyof ImportForm]: ImportForm[Name] extends string ? Name : never }[keyof ImportForm],
  'header' | undefined
>

export interface ServiceWords {
  readonly parts: readonly SentencePart[]
  /** Controls that it speaks of, each once. */
  readonly controls: readonly Control[]
  readonly answers: readonly Answer[]
}

export interface ReadWordsOptions {
  /** Of the input. */
  readonly fields: readonly string[]
  readonly form: Pick<ImportForm, TextControl | 'columns'>
  /** This machine's zone. */
  readonly ownZone: string
}

/** What a flag's words stand for. */
interface Saying {
  readonly control: Control
  readonly label: string
  /** Undefined where the person has to find it. */
  readonly value?: string
  readonly says?: Answer['says']
}

/** The flags of `fleet import` that the form has controls for. */
const FLAGS: Readonly<Record<string, Exclude<keyof ImportForm, 'columns' | 'measures'>>> = {
  '--timezone': 'timezone',
  '--time-format': 'timeFormat',
  '--speed-unit': 'speedUnit',
  '--coordinates': 'coordinates',
  '--decimal': 'decimal',
  '--vehicle-type': 'vehicleType',
  '--vehicle-id': 'vehicleId',
  '--vehicle-id-from': 'vehicleIdFrom',
  '--from': 'from',
  '--delimiter': 'delimiter',
  '--no-header': 'header',
  '--skip-lines': 'skipLines',
  '--path': 'path',
  '--table': 'table',
  '--corrections': 'corrections',
}

const isOf =
  (values: readonly string[]) =>
  (text: string): boolean =>
    values.includes(text)

/** Words behind a flag that may be its value: the flag may be followed by the rest of the sentence. */
const TAKES: Partial<Record<TextControl, (text: string, isQuoted: boolean) => boolean>> = {
  timezone: (text) => text === 'UTC' || /^[A-Z][\w+-]*(\/[\w+-]+)+$/.test(text),
  timeFormat: (text, isQuoted) => isQuoted || isOf(TIME_FORMATS)(text),
  speedUnit: isOf(SPEED_UNITS),
  coordinates: isOf(COORDINATE_FORMS),
  from: isOf(FORMATS),
  path: () => true,
  table: (_, isQuoted) => isQuoted,
}

/**
 * What the viewer's service says, in words of the page: it speaks of the flags of `fleet import`, whose controls the form has. What it offers becomes
 * answers, but for what are only examples.
 */
export const readServiceWords = (sentence: string, options: ReadWordsOptions): ServiceWords => {
  const parts: SentencePart[] = []
  const controls = new Set<Control>()
  const answers: Answer[] = []
  let at = 0
  let isExample = false
  const text = (until: number): void => {
    const between = sentence.slice(at, until)
    if (between !== '') parts.push({ kind: 'text', text: between })
    // `such as A or B`: both are examples.
    if (!/^[\s,]*(or|and)?[\s,]*$/.test(between)) isExample = between.endsWith(' such as ')
  }
  for (const { 0: flag, index } of sentence.matchAll(/--[a-z]+(?:-[a-z]+)*/g)) {
    if (index < at || (FLAGS[flag] === undefined && flag !== '--columns')) continue
    text(index)
    const after = sentence.slice(index + flag.length)
    const { sayings, length } =
      flag === '--columns' ? readColumns(after, options.fields) : readValue(FLAGS[flag], after)
    at = index + flag.length + length
    for (const [i, { control, label, value }] of sayings.entries()) {
      const isNamed = controls.has(control) && value !== undefined
      if (i > 0) parts.push({ kind: 'text', text: ', ' })
      if (!isNamed) parts.push({ kind: 'control', label })
      if (!isNamed && value !== undefined) parts.push({ kind: 'text', text: ' ' })
      if (value !== undefined) parts.push({ kind: 'value', text: value })
      controls.add(control)
    }
    if (!isExample) answers.push(...answersOf(sayings, flag))
  }
  text(sentence.length)
  if (controls.has('timezone') && options.form.timezone === '') answers.push(...zoneAnswers(options.ownZone))
  return { parts, controls: [...controls], answers: answers.filter((answer) => !isSaid(answer, options.form)) }
}

/** The same of what an import has said, or says at its end: nothing can be taken over any more. */
export const wordsOfLog = (sentence: string): readonly SentencePart[] => {
  const form = newImportForm()
  return readServiceWords(sentence, { fields: [], form, ownZone: 'UTC' }).parts
}

/** More are better chosen in their control. */
const MOST_ANSWERS = 8

/** Fields of several columns are one answer, values of one flag are one each. */
const answersOf = (sayings: readonly Saying[], flag: string): Answer[] => {
  const full = sayings.filter(({ says }) => says !== undefined)
  if (full.length < sayings.length || full.length === 0 || full.length > MOST_ANSWERS) return []
  const answer = (some: readonly Saying[]): Answer => ({
    label: some.map(({ label, value }) => `${label}: ${value}`).join(', '),
    control: some[0].control,
    says:
      flag === '--columns' ? { columns: Object.assign({}, ...some.map(({ says }) => says!.columns)) } : some[0].says!,
  })
  return flag === '--columns' ? [answer(full)] : full.map((saying) => answer([saying]))
}

const zoneAnswers = (ownZone: string): Answer[] =>
  [...new Set(['UTC', ownZone])].map((timezone) => ({
    label: `${labelOf('timezone')}: ${timezone}`,
    control: 'timezone',
    says: { timezone },
  }))

const isSaid = ({ says }: Answer, form: ReadWordsOptions['form']): boolean =>
  Object.entries(says).every(([control, said]) =>
    typeof said === 'string'
      ? form[control as TextControl] === said
      : Object.entries(said).every(([name, field]) => form.columns[name] === field),
  )

interface ReadSayings {
  readonly sayings: readonly Saying[]
  /** Characters behind the flag that belong to it. */
  readonly length: number
}

/** ` a|b`, ` "a"`, or a list of quoted ones behind a colon. */
const readValue = (control: (typeof FLAGS)[string], after: string): ReadSayings => {
  const label = labelOf(control)
  const takes = TAKES[control as TextControl]
  const [whole] = /^:?(?: "[^"]*"(?:,(?= "))?)+|^ [^\s,;()]+/.exec(after) ?? ['']
  const words = [...whole.matchAll(/"([^"]*)"|[^\s,|:]+/g)].map(([word, quoted]) => ({
    text: quoted ?? word,
    isQuoted: quoted !== undefined,
  }))
  if (words.length === 0 || !words.every(({ text, isQuoted }) => takes?.(text, isQuoted) === true))
    return { sayings: [{ control, label }], length: 0 }
  const sayings = words.map(({ text }) => ({ control, label, value: text, says: { [control]: text } }))
  return { sayings, length: whole.length - (whole.endsWith(':') ? 1 : 0) }
}

/** ` longitude=x,latitude=y`: names of fields may hold anything, so that only those that are known end where they end. */
const readColumns = (after: string, fields: readonly string[]): ReadSayings => {
  const longestFirst = fields.toSorted((a, b) => b.length - a.length)
  const start = /^ "?/.exec(after)?.[0].length ?? 0
  const sayings: Saying[] = []
  let at = start
  for (;;) {
    const rest = after.slice(at)
    const name = /^,?([a-z][a-z0-9_]*)=/.exec(rest)
    if (name === null) break
    const value = rest.slice(name[0].length)
    const field = longestFirst.find((each) => each !== '' && value.startsWith(each))
    const hole = field === undefined ? /^<[a-z]+>(?:\+[^"]*)?/.exec(value)?.[0] : undefined
    if (field === undefined && hole === undefined) break
    const control = controlOfColumn(name[1])
    const label = labelOf(control)
    sayings.push(
      field === undefined || control === 'measures'
        ? { control, label }
        : { control, label, value: field, says: { columns: { [name[1]]: field } } },
    )
    at += name[0].length + (field ?? hole!).length
  }
  if (sayings.length === 0) return { sayings: [{ control: 'measures', label: 'the table of columns' }], length: 0 }
  return { sayings, length: after[at] === '"' ? at + 1 : at }
}

/** The form with an answer taken over. */
export const answerForm = (form: ImportForm, { says: { columns, ...texts } }: Answer): ImportForm => ({
  ...form,
  ...(texts as Partial<ImportForm>),
  columns: { ...form.columns, ...columns },
})
