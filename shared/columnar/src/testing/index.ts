export * from './forms.ts'
export * from './mutants.ts'
