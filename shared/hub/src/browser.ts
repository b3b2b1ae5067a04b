/** What of the hub runs in a browser. */
export * from './hub.ts'
export type * from './ask/vehicles.ts'
