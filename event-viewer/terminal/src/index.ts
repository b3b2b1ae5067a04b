export { runFleet } from './cli.ts'
