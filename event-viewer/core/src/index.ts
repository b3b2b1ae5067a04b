export * from './describe-answer.ts'
export * from './fleet-board.ts'
export * from './format.ts'
export * from './human.ts'
