/** What tests of all packages need of the core. */
export * from './fault.ts'
