export { type Backup, createMemoryServer, type MemoryServer, type MemoryServerOptions } from './server.ts'
export type { Latency } from './link.ts'
