export * from './find-rows.ts'
export * from './forms.ts'
export * from './mutants.ts'
export * from './filters.ts'
