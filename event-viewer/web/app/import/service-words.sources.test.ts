import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { wordsOfLog } from './service-words.ts'

/**
 * Whatever an import says to the page, the page says in its own words: no flag of the terminal and no key of it is among them. The sentences are those of the sources that speak in an import's process.
 */
const SPEAKING = [
  '../../../../shared/intake/src',
  '../../../../shared/hub/src/publish',
  '../../../core/src',
  '../../src/imports',
]

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.split('/').includes('testing'))
    .map((name) => join(folder, name))

const WITHOUT_COMMENTS = /\/\*[^]*?\*\/|^\s*\/\/.*$/gm
/** Texts as they are written; of what is put into a template a word stands for it. */
const TEXTS = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g
const PUT_IN = /\$\{(?:[^{}]|\{[^{}]*\})*\}/g

/** A sentence has several words: what else has a flag in it is no sentence. */
const sentencesOf = (path: string): string[] =>
  (readFileSync(path, 'utf8').replaceAll(WITHOUT_COMMENTS, '').match(TEXTS) ?? [])
    .map((text) => text.slice(1, -1).replaceAll(PUT_IN, 'x'))
    .filter((text) => text.includes(' ') && /--[a-z]|Ctrl-/.test(text))

const shown = (sentence: string): string =>
  wordsOfLog(sentence)
    .map((part) => (part.kind === 'control' ? part.label : part.text))
    .join('')

test('no sentence of an import speaks of a flag or a key of the terminal on the page', () => {
  const sentences = SPEAKING.flatMap((folder) =>
    sourcesIn(fileURLToPath(new URL(folder, import.meta.url))).flatMap(sentencesOf),
  )
  expect(sentences.length).toBeGreaterThan(30)
  expect(sentences.map(shown).filter((words) => /--[a-z]|Ctrl-/.test(words))).toEqual([])
})
