import { runFuzz } from './run-fuzz.ts'

await runFuzz('arrow', process.argv.slice(2))
