/** What of the driver runs in a browser. */
export { connectNatsWebSocket } from './connect-websocket.ts'
export type { ConnectOptions } from './dial.ts'
