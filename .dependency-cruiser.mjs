const services = ['event-generator', 'event-collector', 'event-finder', 'event-hub', 'event-viewer/(?:terminal|web)']
/** Tests, and files named as what only tests use. */
const tests = '(\\.(test|bench)|/(test-[^/]+|fixtures?))\\.ts$'

/** Modules of a shared package may import, beside their own, only the named packages of the workspace. */
const layer = (name, allowed) => ({
  name: `${name}-imports-${allowed.join('-and-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^shared/${name}/src/`, pathNot: tests },
  to: {
    path: '^(shared|scripts|event-)',
    pathNot: [`^shared/${name}/`, ...allowed.map((other) => `^shared/${other}/`)],
  },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    layer('core', []),
    layer('contracts', ['core']),
    layer('hub', ['core', 'contracts']),
    layer('archive', ['core', 'contracts']),
    layer('service', ['core', 'contracts']),
    {
      name: 'service-core-is-pure',
      comment: "a service's src/core/ holds decisions: it knows positions and messages, no server, no disk, no clock",
      severity: 'error',
      from: { path: '^event-[^/]+/src/core/', pathNot: tests },
      to: { path: '^(shared|scripts|event-)', pathNot: ['^event-[^/]+/src/core/', '^shared/(core|contracts)/'] },
    },
    {
      name: 'service-core-does-no-input-or-output',
      severity: 'error',
      from: { path: '^(shared/core/src|event-[^/]+/src/core)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'viewer-core-is-pure',
      comment: 'what both viewers share: answers as text, the board of services',
      severity: 'error',
      from: { path: '^event-viewer/core/src/', pathNot: tests },
      to: { path: '^(shared|scripts|event-)', pathNot: ['^event-viewer/core/', '^shared/(core|contracts|hub)/'] },
    },
    ...services.map((service) => ({
      name: `${service.split('/')[0]}-imports-no-other-service`,
      severity: 'error',
      from: { path: `^${service}/(src|app)/`, pathNot: tests },
      to: { path: '^event-', pathNot: [`^${service}/`, '^event-viewer/core/'] },
    })),
    {
      name: 'only-tests-import-testing',
      comment: 'tests, benchmarks, and the demo, which compares with an oracle',
      severity: 'error',
      from: { path: '^(shared|event-)', pathNot: [tests, '^shared/testing/', '^event-viewer/web/(bench|test)/'] },
      to: { path: '^shared/testing/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'but for what Nuxt makes when it builds',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^#(app|build|components|imports)' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/node_modules/(?!@fleetlake)', '^event-viewer/web/(\\.nuxt|\\.output|dist)'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
