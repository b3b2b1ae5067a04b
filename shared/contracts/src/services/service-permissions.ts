import { type MessageDefinition, messages } from '../messages.ts'
import { filterOf } from '../patterns.ts'
import { type HubPermissions, personPermissions } from '../people/person-permissions.ts'
import { personToken } from '../people/person-token.ts'
import type { Right } from '../people/rights.ts'
import { type HubService, isAmong } from './hub-services.ts'
import { streamSubjects } from './stream-rights.ts'

/** A service's user on a hub that asks everyone; no account has such a name. */
export const serviceUser = (service: HubService): string => `service:${service}`

/** The gateway's user in the server's system account, which may end connections and nothing else. */
export const SYSTEM_USER = 'service:system'
export const SYSTEM_PERMISSIONS = { publish: ['$SYS.REQ.SERVER.*.KICK'], subscribe: ['_INBOX.service_3asystem.>'] }

/** Where a user gets what the server and services answer it; no one else may listen there. */
export const requestInbox = (user: string): string => `_INBOX.${personToken(user)}`

/** Who sits at the machine that has the hub's keys: no account, and no one whom a provider names, is called so. */
export const PERSON_AT_MACHINE = personToken('os:terminal')

/** Where the server asks whom to let in (auth callout of nats-server). */
const LOGIN_SUBJECT = '$SYS.REQ.USER.AUTH'

export interface ServicePermissions extends HubPermissions {
  /** Whether it may answer what it is asked, once, at the subject that the question names. */
  readonly answers: boolean
}

/** What is no message, or is stored in a stream and heard all the same. */
const HEARD_BESIDE: { readonly [Service in HubService]?: readonly string[] } = {
  gateway: [LOGIN_SUBJECT, filterOf(messages.move.stored.repeatedTo)],
  finder: [messages.searchAsked.subject, messages.searchEnded.subject],
}

/** All that a service may do on the hub: send and hear the messages that are its own, and use the streams that it needs. */
export const servicePermissions = (service: HubService): ServicePermissions => {
  const all: readonly MessageDefinition[] = Object.values(messages)
  const sent = all.filter(({ from }) => isAmong(service, from))
  const heard = all.filter(({ to, stored }) => isAmong(service, to) && stored === undefined)
  // A terminal asks as one person; the others answer all.
  const person = service === 'terminal' ? PERSON_AT_MACHINE : '*'
  const subjectsOf = (definitions: readonly MessageDefinition[]): string[] =>
    definitions.flatMap(({ subject }) => (subject === undefined ? [] : [filterOf(subject.replace('<person>', person))]))
  return {
    publish: unique([...subjectsOf(sent), ...streamSubjects(service)]),
    answers: service === 'gateway' || sent.some(({ subject }) => subject === undefined),
    subscribe: unique([
      ...subjectsOf(heard),
      `${requestInbox(serviceUser(service))}.>`,
      ...(HEARD_BESIDE[service] ?? []),
    ]),
  }
}

/** What a program may that shows a token of a person: what the person's page may, and with the right to the registry what the terminal at the machine may; as that person alone. */
export const programPermissions = (name: string, rights: ReadonlySet<Right>, seesAll = true): HubPermissions => {
  const person = personToken(name)
  const own = personPermissions(person, rights, seesAll)
  const inbox = `${requestInbox(name)}.>`
  // What the terminal may shows all vehicles.
  if (!rights.has('registry') || !seesAll) return { ...own, subscribe: [...own.subscribe, inbox] }
  const terminal = servicePermissions('terminal')
  const asPerson = (subject: string): string =>
    subject
      .split('.')
      .map((token) => (token === PERSON_AT_MACHINE ? person : token))
      .join('.')
  const others = terminal.subscribe.filter((subject) => subject !== `${requestInbox(serviceUser('terminal'))}.>`)
  return {
    publish: unique([...own.publish, ...terminal.publish.map(asPerson)]),
    subscribe: unique([...own.subscribe, ...others.map(asPerson), inbox]),
  }
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)]
