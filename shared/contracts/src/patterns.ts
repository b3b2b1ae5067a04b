/** The groups whose members announce themselves. */
export const GROUPS = ['generators', 'collectors', 'compactors', 'projectors', 'finders', 'gateways'] as const
export type Group = (typeof GROUPS)[number]

/** The parameters that a pattern may have in angle brackets, by name, with what their values are. */
interface ParameterTypes {
  readonly agent: string
  readonly group: Group
  readonly job: string
  readonly kind: string
  readonly partition: number
  readonly person: string
  readonly query: string
  readonly role: string
  readonly run: string
  readonly uid: string
}

type ParameterName = keyof ParameterTypes

/** What a parameter is, for people. */
export const PARAMETERS: Readonly<Record<ParameterName, string>> = {
  agent: 'the process of a generator',
  group: 'generators, collectors, compactors, projectors, finders or gateways',
  job: 'the id of an import',
  kind: 'a kind of entries of the registry, such as accounts',
  partition: 'a number from 0',
  person: 'who asks: the name of an account as one token; `anyone` where no login is needed',
  query: 'the id of a query',
  role: 'a group, or what a reader of it is',
  run: 'the id of a generation',
  uid: 'a token of one process',
}

/** The values that a pattern needs, in their order; `*` stands for any. A parameter without a type makes it unusable. */
export type ParametersOf<Pattern extends string> = Pattern extends `${string}<${infer Name}>${infer Rest}`
  ? [Name extends ParameterName ? ParameterTypes[Name] | '*' : never, ...ParametersOf<Rest>]
  : []

/** A text where the pattern has no parameters, else a function of them. */
export type Filled<Pattern extends string> =
  ParametersOf<Pattern> extends [] ? Pattern : (...values: ParametersOf<Pattern>) => string

const PARAMETER = /<(\w+)>/g

/**
 * A subject, or the name of a stream, from its pattern: of `members.<group>.<uid>` a function of group and uid, of `stats` the text itself.
 */
export const fillIn = <Pattern extends string>(pattern: Pattern): Filled<Pattern> => {
  const [first, ...others] = pattern.split(/<\w+>/)
  const fill = (...values: readonly unknown[]): string => {
    let text = first
    for (let i = 0; i < others.length; i++) text += String(values[i]) + others[i]
    return text
  }
  return (others.length === 0 ? pattern : fill) as Filled<Pattern>
}

export const parameterNamesOf = (pattern: string): string[] => [...pattern.matchAll(PARAMETER)].map(([, name]) => name)

/** Every subject of a pattern, as a subscription names them. */
export const filterOf = (pattern: string): string => pattern.replaceAll(PARAMETER, '*')

/** Every subject that begins as those of a pattern do, however long it is. */
export const filterBelow = (pattern: string): string => `${pattern.slice(0, pattern.indexOf('<'))}>`

/** What one parameter of a pattern is in a subject that was made of it; undefined where the pattern has none of that name. */
export const parameterIn = (pattern: string, name: ParameterName, subject: string): string | undefined => {
  const at = pattern.split('.').indexOf(`<${name}>`)
  return at < 0 ? undefined : subject.split('.')[at]
}
