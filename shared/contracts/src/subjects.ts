import { type MessageDefinition, type MessageName, type Messages, messages } from './messages.ts'
import { type Filled, fillIn, parameterIn } from './patterns.ts'

/** The messages whose definition has something, and what it is made into. */
type Derived<Key extends string> = {
  readonly [
    Name in keyof Messages as Messages[Name] extends Record<Key, string> ? Name : never
  ]: Messages[Name] extends Record<Key, infer Pattern extends string> ? Filled<Pattern> : never
}

type Live = {
  readonly [
    Name in keyof Messages as Messages[Name] extends { stored: { repeatedTo: string } } ? Name : never
  ]: Messages[Name] extends { stored: { repeatedTo: infer Pattern extends string } } ? Filled<Pattern> : never
}

const derive = (read: (definition: MessageDefinition) => string | undefined): object =>
  Object.fromEntries(
    Object.entries(messages).flatMap(([name, definition]) => {
      const pattern = read(definition)
      return pattern === undefined ? [] : [[name, fillIn(pattern)]]
    }),
  )

/**
 * The subject of each message, by the message's name: a text, or a function of the parameters that its definition names. The parameters
 * must be one token each (`TOKEN`); `*` in place of one makes a subject to listen to.
 */
export const subjects = derive(({ subject }) => subject) as Derived<'subject'>

/** Where the streams repeat what they have stored, for live maps. */
export const liveSubjects = derive(({ stored }) => stored?.repeatedTo) as Live

/** Of a message that goes to one member of a group, by the message's name. */
export const queueGroups = derive(({ queueGroup }) => queueGroup) as Derived<'queueGroup'>

/** Where a person gets answers; those to requests of one client, and no other person's. */
export const personInbox: (person: string, uid: string) => string = fillIn('inbox.<person>.<uid>')

/** Who has sent a message to a subject: the hub lets each person use subjects that name them only. Undefined where a message's subject names no one. */
export const personIn = (name: MessageName, subject: string): string | undefined => {
  const { subject: pattern = '' }: MessageDefinition = messages[name]
  return parameterIn(pattern, 'person', subject)
}

/** A note of which process reads which partition. It is not a message: a stream of its own remembers its subject, which says everything. */
export const readerNote = fillIn('readers.<role>.<partition>.<uid>')

/** Whether answers may go to a subject: of a message that names a person that person's inbox, of any other one where services get theirs. */
export const isInboxOf = (person: string | undefined, subject: string): boolean =>
  person === undefined ? /^(?:service-inbox\.|_INBOX[._])/.test(subject) : subject.startsWith(`inbox.${person}.`)
