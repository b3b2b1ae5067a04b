export { collectGarbageLess } from './tune-heap.ts'
export { loadConfig, type ConfigSources } from './config.ts'
export { type AliveMessage } from './heartbeat.ts'
export { createLog, formatLogLine, type Log, type LogOptions } from './log.ts'
export { runService, type ReadyMessage, type Service, type ServiceContext } from './run-service.ts'
export { version } from './version.ts'
export { commandOf, endWithUs, isAlive, residentBytes } from './processes.ts'
export { hubOptions, type ServiceHubOptions } from './hub-options.ts'
export { createSilence } from './silence.mjs'
export {
  createIsolatedDecoder,
  type IsolatedDecoder,
  type IsolatedDecoderOptions,
} from './isolated/isolated-decoder.ts'
