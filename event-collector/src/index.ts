export { MARKS_MS, type RunningCollector, startCollector } from './start-collector.ts'
export { type CompactorOptions, type RunningCompactor, startCompactor } from './compact/start-compactor.ts'
