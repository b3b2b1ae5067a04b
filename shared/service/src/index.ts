export { collectGarbageLess } from './tune-heap.ts'
export { loadConfig, type ConfigSources } from './config.ts'
export { type AliveMessage } from './heartbeat.ts'
export { type Metrics, NO_METRICS } from './metrics/metrics.ts'
export { createLog, formatLogLine, type Log, type LogOptions } from './log.ts'
export {
  NO_OPS,
  type OpsContext,
  runService,
  type ReadyMessage,
  type Service,
  type ServiceContext,
} from './run-service.ts'
export { describeVersion, readCommit, version } from './version.ts'
export { commandOf, endWithUs, isAlive, residentBytes } from './processes.ts'
export { hubKeysFile, type HubKeys, provideHubKeys, readHubKeys } from './hub/hub-keys.ts'
export { hubLogin, type HubLogin } from './hub/hub-login.ts'
export { watchHub, type WatchedHub } from './hub/watch-hub.ts'
export { timeRequests } from './metrics/time-requests.ts'
export { countRequests } from './metrics/count-requests.ts'
export { hubOptions, type ServiceHubOptions } from './hub/hub-options.ts'
export { provideSecretFile, readSecretFile } from './secrets/secret-file.ts'
export { startTracer } from './tracing/start-tracer.ts'
export { createSilence } from './silence.mjs'
export {
  createIsolatedDecoder,
  type IsolatedDecoder,
  type IsolatedDecoderOptions,
} from './isolated/isolated-decoder.ts'
