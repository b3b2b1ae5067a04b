export * from './area-around.ts'
export * from './positions-at.ts'
