export { findNatsServer, provideNatsServer } from './find-binary.ts'
export { formatServerConfig, type ServerConfig } from './server-config.ts'
export { startNatsServer, type NatsServer, type NatsServerOptions } from './start-nats-server.ts'
export { sizeStore, type StoreRequest, type StoreSize } from './store-size.ts'
