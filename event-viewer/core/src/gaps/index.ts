export * from './cadence.ts'
export * from './gap.ts'
export * from './joined-rows.ts'
export * from './known-cadences.ts'
