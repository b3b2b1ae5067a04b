/** How messages are described to people. */
export * from './describe-message.ts'
export * from './describe-schema.ts'
