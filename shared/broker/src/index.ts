export * from './broker-error.ts'
export * from './port.ts'
export * from './until-answered.ts'
