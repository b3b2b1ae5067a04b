import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const everywhere = ['shared/*/src', 'event-*/src', 'event-viewer/*/src', 'event-viewer/web/app', 'scripts']
const named = (suffix: string): string[] => everywhere.map((folder) => `${folder}/**/*.${suffix}.ts`)
const serverTests = [...named('int.test'), ...named('e2e.test')]
const browserTests = [...named('browser.test'), 'event-viewer/web/test/**/*.browser.test.ts']

/**
 * Pure tests run on every core; those with real servers few at a time, since each test brings processes of its own; those in a browser
 * one after the other when the rest is done.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    globalSetup: './scripts/test-folder.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: named('test'),
          exclude: ['**/node_modules/**', ...serverTests, ...browserTests],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: serverTests,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: Math.max(2, Math.min(4, Math.floor(availableParallelism() / 2))),
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browserTests,
          globalSetup: './scripts/browser-tests.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
