import { runFuzz } from './run-fuzz.ts'

await runFuzz('texts', process.argv.slice(2))
