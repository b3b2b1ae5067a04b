/** What of the hub runs in a browser. */
export * from './connection/connect-websocket.ts'
export * from './connection/hub.ts'
export * from './ask/generation.ts'
export * from './ask/record-export.ts'
export * from './ask/vehicles.ts'
