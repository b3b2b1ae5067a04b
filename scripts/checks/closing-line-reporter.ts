import type { Reporter, TestModule } from 'vitest/node'

/** Ends the run's output with one plain line, `N passed, N failed` (and `N skipped`, if any), for people and machines. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let [passed, failed, skipped] = [0, errors.length, 0]
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'failed') failed++
        else skipped++
      }
    }
    // After the default reporter's summary.
    const closing = `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
    process.once('exit', () => console.log(`\n${closing}`))
  }
}
