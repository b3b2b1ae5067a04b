import manifest from '../package.json' with { type: 'json' }

/** Of the whole project: all packages carry the same. */
export const version: string = manifest.version
