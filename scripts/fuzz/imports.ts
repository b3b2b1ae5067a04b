import { runFuzz } from './run-fuzz.ts'

await runFuzz('imports', process.argv.slice(2))
