import { expect, test } from 'vitest'
import { createReadiness } from './readiness.ts'

test('a service is ready between its start and its stop, while nothing is missing', () => {
  const { requires, started, stopping, state } = createReadiness()
  let [hub, archive]: (string | undefined)[] = ['the hub can not be reached', undefined]
  requires(() => hub)
  requires(() => archive)
  expect(state()).toEqual({ status: 'starting', reasons: ['it is starting', 'the hub can not be reached'] })
  started()
  expect(state()).toEqual({ status: 'not ready', reasons: ['the hub can not be reached'] })
  hub = undefined
  expect(state()).toEqual({ status: 'ready', reasons: [] })
  archive = 'the archive can not be used'
  expect(state()).toEqual({ status: 'not ready', reasons: ['the archive can not be used'] })
  stopping()
  started()
  expect(state()).toEqual({ status: 'stopping', reasons: ['it is stopping'] })
})
