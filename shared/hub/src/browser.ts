/** What of the hub runs in a browser. */
export * from './connect-websocket.ts'
export * from './hub.ts'
export * from './ask/generation.ts'
export * from './ask/vehicles.ts'
