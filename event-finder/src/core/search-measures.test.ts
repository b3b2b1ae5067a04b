import type { ColumnsBeside } from '@fleetlake/columnar'
import { messages } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { measuresOfQuery, measuresOfTask, taskMeasuresOf } from './search-measures.ts'

const TABLE: ColumnsBeside = {
  measures: [
    { name: 'temperature', type: 'double', unit: '°C' },
    { name: 'driver_id', type: 'string', description: 'who drives' },
    { name: 'level', type: 'int' },
  ],
  otherColumns: ['state', 'blob'],
}

test('rows are read with what is carried, then with what only the filter looks at', () => {
  const measures = measuresOfQuery(
    { select: ['level'], where: `driver_id = 'a' and level > 1 and fuel is null` },
    TABLE,
  )
  expect(measures?.select.map(({ name }) => name)).toEqual(['level'])
  expect(measures?.layout.map(({ name }) => name)).toEqual(['level', 'driver_id'])
})

test('a task says it so that the agent that takes it on does the same', () => {
  for (const asked of [
    { select: ['*'] },
    { select: ['level', '*', 'fuel'], where: 'temperature > 8' },
    { where: 'fuel > 8 or attributes is not null' },
  ]) {
    const measures = measuresOfQuery(asked, TABLE)!
    const taken = measuresOfTask(taskMeasuresOf(measures))!
    const short = ({ name, type }: { name: string; type: string }): string => `${name} ${type}`
    expect(taken.layout.map(short)).toEqual(measures.layout.map(short))
    expect(taken.select.map(short)).toEqual(measures.select.map(short))
    expect(taken.where?.text).toBe(measures.where?.text)
  }
  expect([measuresOfQuery({}, TABLE), measuresOfTask({}), taskMeasuresOf(undefined)]).toEqual([
    undefined,
    undefined,
    {},
  ])
})

test('a task carries what the table says of the measures that are selected, of a length that a message may have', () => {
  const table: ColumnsBeside = {
    measures: [
      { name: 'pressure', type: 'double', unit: 'bar', description: 'of the tyres' },
      { name: 'loudness', type: 'int', unit: 'd'.repeat(100), description: 'x'.repeat(1000) },
    ],
  }
  const task = taskMeasuresOf(measuresOfQuery({ select: ['*', 'fuel'] }, table))
  expect(messages.vehicleQueryPartition.data.shape.select.parse(task.select)).toEqual([
    { name: 'pressure', type: 'double', unit: 'bar', description: 'of the tyres' },
    { name: 'loudness', type: 'int', unit: `${'d'.repeat(39)}…`, description: `${'x'.repeat(249)}…` },
    { name: 'fuel', type: 'double', unit: '%', description: 'level of the tank' },
  ])
})

test('* is all that the table has, each once', () => {
  const names = (select: string[]): string[] => measuresOfQuery({ select }, TABLE)!.select.map(({ name }) => name)
  expect(names(['*'])).toEqual(['temperature', 'driver_id', 'level'])
  expect(names(['fuel', 'level', '*', 'level'])).toEqual(['fuel', 'level', 'temperature', 'driver_id'])
})

test('what another engine made of a name that is well known is not taken for a measure without values', () => {
  expect(() => measuresOfQuery({ select: ['state'] }, TABLE)).toThrow(fault('query.invalid', '"state" is a column of'))
  expect(() => measuresOfQuery({ where: 'state is null' }, TABLE)).toThrow(
    fault('query.invalid', '"state" is a column of'),
  )
  expect(() => measuresOfQuery({ select: ['blob'] }, TABLE)).toThrow(fault('query.invalid', '"blob" is a column of'))
})
