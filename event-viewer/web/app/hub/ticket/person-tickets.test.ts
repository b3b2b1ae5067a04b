import { FleetError } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import type { PersonTicket } from './ask-ticket.ts'
import { openPersonTickets } from './person-tickets.ts'

const ticketOf = (person: string, n: number): PersonTicket => ({
  person,
  seesAll: n % 2 === 1,
  user: person,
  password: String(n),
})

/** A gateway that gives these, one after the other; a text is why it gives none. */
const open = async (answers: readonly (PersonTicket | string | undefined)[]) => {
  const said: string[] = []
  let asked = 0
  const tickets = await openPersonTickets({
    ask: async () => {
      const answer = answers[asked++]
      if (typeof answer === 'string') throw new FleetError('hub.unreachable', answer)
      return answer
    },
    onFault: (reason) => void said.push(reason),
    onEnd: () => void said.push('ended'),
    retryMs: 0,
  })
  const next = (): Promise<PersonTicket> => tickets!.next(new AbortController().signal)
  return { tickets, next, said, asked: () => asked }
}

test('each ticket is given once, the first too', async () => {
  const { tickets, next, said } = await open([1, 2, 3].map((n) => ticketOf('anna', n)))
  expect([tickets?.person, tickets?.seesAll()]).toEqual(['anna', true])
  const [first, second] = [await next(), await next()]
  expect(tickets?.seesAll()).toBe(false)
  expect([first, second, await next()]).toEqual([1, 2, 3].map((n) => ticketOf('anna', n)))
  expect(said).toEqual([])
})

test('the first is asked for until it comes, and each time it is told why there is none', async () => {
  const { next, said } = await open(['away', 'away still', ticketOf('anna', 1), 'away again', ticketOf('anna', 2)])
  expect(await next()).toEqual(ticketOf('anna', 1))
  await expect(next()).rejects.toThrow(fault('hub.unreachable', 'away again'))
  expect(await next()).toEqual(ticketOf('anna', 2))
  expect(said).toEqual(['away', 'away still', 'away again'])
})

test('without a login there are none', async () => {
  const { tickets, said } = await open([undefined])
  expect([tickets, said]).toEqual([undefined, ['ended']])
})

test.each([
  ['nobody', undefined],
  ['another person', ticketOf('ben', 2)],
])('once %s is logged in there are no more', async (_, answer) => {
  const { next, said } = await open([ticketOf('anna', 1), answer])
  await next()
  await expect(next()).rejects.toThrow(fault('login.failed', 'the login has ended'))
  expect(said).toEqual(['ended'])
})
