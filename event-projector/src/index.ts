export { type ProjectorOptions, type RunningProjector, startProjector } from './start-projector.ts'
