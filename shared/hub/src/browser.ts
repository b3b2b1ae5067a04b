/** What of the hub runs in a browser. */
export { contentTypeOf, idOf } from './cloud-event.ts'
export * from './connect-websocket.ts'
export * from './hub.ts'
export * from './ask/generation.ts'
export * from './ask/vehicles.ts'
