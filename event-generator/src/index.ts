export { buildGeoJsonPack, buildMontevideoPack, provideMontevideo } from './city/build-pack.ts'
export { startGenerator, type Generator, type GeneratorDeps } from './start-generator.ts'
