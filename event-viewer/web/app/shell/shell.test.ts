import { expect, test } from 'vitest'
import { codeParts } from './code-parts.ts'
import { hubAdvice, hubWords } from './hub-words.ts'
import { sentenceOf } from './sentence.ts'

test('what is between backticks is code', () => {
  expect(codeParts('see `npm start` or `fleet`')).toEqual([
    { text: 'see ', isCode: false },
    { text: 'npm start', isCode: true },
    { text: ' or ', isCode: false },
    { text: 'fleet', isCode: true },
  ])
})

test('a backtick without a partner stays as it is', () => {
  expect(codeParts('a `b` c ` d')).toEqual([
    { text: 'a ', isCode: false },
    { text: 'b', isCode: true },
    { text: ' c ` d', isCode: false },
  ])
  expect(codeParts('5` long')).toEqual([{ text: '5` long', isCode: false }])
})

test('each state of the hub has a word, and each but the good one an advice', () => {
  const states = ['connected', 'connecting', 'disconnected', 'closed'] as const
  expect(states.map((state) => hubWords({ state }).word)).toEqual(['Connected', 'Connecting', 'Offline', 'Closed'])
  expect(states.map((state) => hubAdvice({ state }) === undefined)).toEqual([true, false, false, false])
})

test('a reason becomes a sentence, one that is a sentence stays', () => {
  expect(['the hub is gone', 'The hub is gone.', 'is it?'].map(sentenceOf)).toEqual([
    'The hub is gone.',
    'The hub is gone.',
    'Is it?',
  ])
})
