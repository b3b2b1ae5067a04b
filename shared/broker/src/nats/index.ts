export { connectNats } from './connect-tcp.ts'
export type { ConnectOptions } from './dial.ts'
