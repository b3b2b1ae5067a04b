import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createIdentify, type Identified } from './identify.ts'

/** A gateway that knows people by their cookie, and counts how often it is asked. */
const createStage = () => {
  let asked = 0
  let nowMs = 0
  const known = new Map<string, object>([['session=anna', { account: 'anna', role: 'dispatcher', by: 'session' }]])
  const identify = createIdentify(
    async (c) => {
      asked++
      const cookie = c.req.header('Cookie') ?? ''
      if (cookie === 'session=broken') return new Response('', { status: 500 })
      if (cookie === 'session=away') throw new Error('nothing listens there')
      const person = known.get(cookie)
      return person === undefined ? Response.json({ title: 'not logged in' }, { status: 401 }) : Response.json(person)
    },
    () => nowMs,
  )
  const app = new Hono().get('/', async (c) => c.json(await identify(c)))
  return {
    who: async (cookie?: string): Promise<Identified> => {
      const answer = await app.request('/', { headers: cookie === undefined ? {} : { Cookie: cookie } })
      return (await answer.json()) as Identified
    },
    known,
    identify,
    asked: () => asked,
    pass: (ms: number) => void (nowMs += ms),
  }
}

const ANNA = { kind: 'known', person: { account: 'anna', role: 'dispatcher', seesAll: true } }

test('who does not see all vehicles is known as such', async () => {
  const { who, known } = createStage()
  known.set('session=rita', { account: 'rita', role: 'viewer', by: 'session', seesAll: false })
  expect(await who('session=rita')).toEqual({
    kind: 'known',
    person: { account: 'rita', role: 'viewer', seesAll: false },
  })
})

test('a person is remembered for 2 s, and then asked for again', async () => {
  const { who, known, pass, asked } = createStage()
  expect([await who('session=anna'), await who('session=anna'), asked()]).toEqual([ANNA, ANNA, 1])
  known.clear()
  pass(1_999)
  expect(await who('session=anna')).toEqual(ANNA)
  pass(1)
  expect(await who('session=anna')).toEqual({ kind: 'nobody' })
})

test('nobody is remembered of those who are not known, nor after a login or a logout', async () => {
  const { who, known, identify, asked } = createStage()
  expect([await who('session=ben'), await who('session=ben'), asked()]).toEqual([
    { kind: 'nobody' },
    { kind: 'nobody' },
    2,
  ])
  await who('session=anna')
  known.clear()
  identify.forget()
  expect(await who('session=anna')).toEqual({ kind: 'nobody' })
})

test('a request that shows nothing is not asked for', async () => {
  const { who, asked } = createStage()
  expect([await who(), asked()]).toEqual([{ kind: 'nobody' }, 0])
})

test('a gateway that does not answer, or says nothing that can be read, leaves it open who somebody is', async () => {
  const { who } = createStage()
  expect([await who('session=away'), await who('session=broken')]).toEqual([
    { kind: 'unanswered', reason: 'nothing listens there' },
    { kind: 'unanswered', reason: 'it answered GET /v1/me with 500' },
  ])
})
