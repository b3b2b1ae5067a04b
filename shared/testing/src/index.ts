export * from './eventually.ts'
export * from './temporary-folder.ts'
export * from './test-hub.ts'
