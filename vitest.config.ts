import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongTestsFirst } from './scripts/checks/long-tests-first.ts'

const everywhere = [
  'shared/*/src',
  'event-*/src',
  'event-viewer/*/src',
  'event-viewer/web/app',
  'scripts',
  'deployment/*',
]
const named = (suffix: string): string[] => everywhere.map((folder) => `${folder}/**/*.${suffix}.ts`)
const serverTests = [...named('int.test'), ...named('e2e.test')]
const browserTests = [...named('browser.test')]

/**
 * Ends a test that hangs, and nothing else: no test may fail because a machine is slow or busy. Longer than `eventually` waits for a condition,
 * which tells what it has waited for.
 */
const HANGS_AFTER_MS = 600_000

/** More than there are cores, on a small machine: what a test with real servers does for the most part is to wait for them. */
const WORKERS = Math.min(8, Math.max(4, availableParallelism()))

/**
 * Pure tests and those with real servers share the workers, so that no core is idle while a server is waited for; which come first is in `long-tests-first.ts`. Those in a browser come when the rest
 * is done, one after the other: each draws on all cores, and several at once would have others wait for longer than they wait.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: WORKERS,
    sequence: { sequencer: LongTestsFirst },
    reporters: ['default', './scripts/checks/closing-line-reporter.ts'],
    globalSetup: './scripts/checks/test-folder.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: named('test'),
          exclude: ['**/node_modules/**', ...serverTests, ...browserTests],
          testTimeout: HANGS_AFTER_MS,
          hookTimeout: HANGS_AFTER_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: serverTests,
          testTimeout: HANGS_AFTER_MS,
          hookTimeout: HANGS_AFTER_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browserTests,
          globalSetup: './scripts/checks/browser-tests.ts',
          testTimeout: HANGS_AFTER_MS,
          hookTimeout: HANGS_AFTER_MS,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
