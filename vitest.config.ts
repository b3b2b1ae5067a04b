import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

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

/**
 * Pure tests run on every core; those with real servers few at a time, since each test brings processes of its own; those in a browser
 * one after the other when the rest is done.
 */
export default defineConfig({
  test: {
    pool: 'forks',
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
          maxWorkers: Math.max(3, Math.min(4, Math.floor(availableParallelism() / 2))),
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
