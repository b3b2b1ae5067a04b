export { type Finder, type FinderOptions, startFinder } from './start-finder.ts'
