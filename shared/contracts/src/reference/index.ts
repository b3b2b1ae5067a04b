/** How messages are described to people. */
export * from './cloud-event-headers.ts'
export * from './describe-message.ts'
export * from './describe-schema.ts'
