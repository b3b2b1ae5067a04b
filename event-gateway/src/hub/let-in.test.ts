import { expect, test } from 'vitest'
import { createLetInConnections, type LetIn } from './let-in.ts'

test('who may no longer be there is ended once, who may stays, and what the server has ended is forgotten', () => {
  let nowMs = 0
  const right = new Set(['anna', 'bert', 'carl'])
  const asked: string[] = []
  const ended: number[] = []
  const connections = createLetInConnections(
    ({ client }) => void ended.push(client),
    () => nowMs,
  )
  const letIn = (client: number, name: string, untilMs: number): LetIn => ({
    server: 's',
    client,
    untilMs,
    isStillRight: () => {
      asked.push(name)
      return right.has(name)
    },
  })
  connections.add(letIn(1, 'anna', 100))
  connections.add(letIn(2, 'bert', 200))
  connections.add(letIn(3, 'carl', 300))
  connections.review()
  expect([asked.splice(0), ended]).toEqual([['anna', 'bert', 'carl'], []])
  right.delete('bert')
  connections.review()
  connections.review()
  expect(ended).toEqual([2])
  asked.splice(0)
  nowMs = 150
  right.clear()
  connections.review()
  expect([asked, ended]).toEqual([['carl'], [2, 3]])
})
