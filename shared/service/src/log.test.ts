import { expect, test } from 'vitest'
import { createLog } from './log.ts'

const collect = (format: 'json' | 'text', level?: string) => {
  const lines: string[] = []
  const log = createLog({
    name: 'collector',
    format,
    ...(level === undefined ? {} : { level }),
    write: (line) => lines.push(line),
  })
  return { log, lines }
}

test('a text line has the time, who says it, the words and the fields', () => {
  const { log, lines } = collect('text')
  log.info({ rows: 5, url: 'nats://here' }, 'archived')
  log.warn('late')
  log.error(new Error('broken'))
  log.error({ err: new Error('broken') }, 'giving up')
  expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''))).toEqual([
    'collector: archived rows=5 url=nats://here\n',
    'collector: warning: late\n',
    'collector: error: broken\n',
    'collector: error: giving up (broken)\n',
  ])
})

test('a json line is one object for machines', () => {
  const { log, lines } = collect('json')
  log.info({ rows: 5 }, 'archived')
  expect(JSON.parse(lines[0])).toMatchObject({ level: 30, name: 'collector', msg: 'archived', rows: 5 })
})

test('a level hides what is below it', () => {
  const { log, lines } = collect('text', 'warn')
  log.info('hidden')
  log.warn('shown')
  expect(lines).toHaveLength(1)
})
