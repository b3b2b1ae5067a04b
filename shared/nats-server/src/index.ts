export { fetchDebianServer, hasApt } from './debian-package.ts'
export {
  type DeployedHub,
  formatDeployedHub,
  HUB_PORTS,
  type HubPorts,
  ISSUER_VARIABLE,
  newHubSecrets,
  passwordVariable,
  routeAddress,
  routeVariable,
  SERVER_NAME_VARIABLE,
} from './deployed-hub.ts'
export { findNatsServer, provideNatsServer } from './find-binary.ts'
export { watchJetStream, type JetStreamWatch, type WatchOptions } from './watch-jet-stream.ts'
export { formatServerConfig, type ServerConfig } from './server-config.ts'
export { startNatsServer, type NatsServer, type NatsServerOptions } from './start-nats-server.ts'
export { sizeStore, type StoreRequest, type StoreSize } from './store-size.ts'
export type { SyncInterval } from './sync-interval.ts'
