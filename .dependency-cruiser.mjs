const services = [
  'event-generator',
  'event-collector',
  'event-finder',
  'event-gateway',
  'event-projector',
  'event-hub',
  'event-viewer/(?:terminal|web)',
]
/** Tests and benchmarks, and what only they use, which lies in folders named `testing`. */
const testing = '(^|/)testing/'
const tests = `(\\.(test|bench)\\.ts$)|${testing}|^event-viewer/web/bench/`
/** What measures, attacks or proves the whole. */
const proofs =
  '^scripts/(bench|bench-[^/]+|chaos|demo|durability|fuzz|simulation|simulate|hostile|hot-rows|losses|viewer)(/|\\.)'

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

/**
 * A rule for each part of a folder of the page. A part imports of that folder only its own files, those of the parts before it, and those in `openToAll`.
 * Parts that share a string (`live|replay`) do not import each other.
 */
const inOrder = (folder, parts, openToAll) =>
  parts.flatMap((level, i) =>
    level.split('|').map((part) => ({
      name: `page-${folder}${part}-imports-what-lies-below`,
      comment: `from below: ${parts.join(', ')}`,
      severity: 'error',
      from: { path: `^event-viewer/web/app/${folder}${part}/`, pathNot: tests },
      to: {
        path: `^event-viewer/web/app/${folder}`,
        pathNot: [`^event-viewer/web/app/${folder}(${[...parts.slice(0, i), part].join('|')})/`, ...openToAll],
      },
    })),
  )

/** The parts of the page, the lowest first. */
const PAGE_PARTS = [
  'shell',
  'login',
  'map',
  'hub',
  'archive',
  'areas',
  'import',
  'vehicles',
  'live',
  'search',
  'replay|audit',
]
/** The parts of the vehicles' layer, the lowest first. */
const VEHICLE_PARTS = ['geometry', 'looks', 'segments', 'drawing', 'live|replay', 'layer']

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    layer('core', []),
    layer('columnar', ['core']),
    layer('contracts', ['core', 'columnar']),
    layer('broker', ['core']),
    layer('hub', ['broker', 'core', 'columnar', 'contracts']),
    layer('intake', ['core', 'columnar', 'contracts', 'hub']),
    layer('archive', ['core', 'columnar', 'contracts']),
    layer('projections', ['archive', 'core', 'columnar', 'contracts']),
    layer('registry', ['archive', 'core', 'contracts', 'hub']),
    layer('service', ['broker', 'core', 'columnar', 'contracts']),
    layer('nats-server', ['broker', 'core', 'contracts', 'service']),
    {
      name: 'only-the-driver-imports-nats',
      comment:
        'all others, tests included, use the port of shared/broker; the bundled server is a program, not a package',
      severity: 'error',
      from: { path: '^(shared|scripts|event-)', pathNot: '^shared/broker/src/nats/' },
      to: { path: '(^|/)@nats-io/' },
    },
    {
      name: 'opentelemetry-is-loaded-where-it-is-asked-for',
      comment:
        'a service that traces nothing loads nothing of it: all others use the port of shared/core/src/tracing.ts',
      severity: 'error',
      from: { path: '^(shared|scripts|event-)', pathNot: '^shared/service/src/tracing/open-tracer\\.ts$' },
      to: { path: '(^|/)@opentelemetry/' },
    },
    {
      name: 'the-tracer-is-imported-when-it-is-asked-for',
      severity: 'error',
      from: { path: '^(shared|scripts|event-)', pathNot: tests },
      to: {
        path: '^shared/service/src/tracing/open-tracer\\.ts$',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'programs-use-no-memory-broker',
      comment: 'the memory driver is for tests and the simulation',
      severity: 'error',
      from: { path: '^(shared|event-|scripts)', pathNot: `${tests}|^shared/broker/src/memory/|^scripts/simulation/` },
      to: { path: '^shared/broker/src/memory/' },
    },
    {
      name: 'shared-imports-no-service',
      comment: 'tests included: what a shared package needs of a service belongs into a shared package',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^event-' },
    },
    {
      name: 'service-core-is-pure',
      comment: "a service's src/core/ holds decisions: it knows positions and messages, no server, no disk, no clock",
      severity: 'error',
      from: { path: '^event-[^/]+/src/core/', pathNot: tests },
      to: {
        path: '^(shared|scripts|event-)',
        pathNot: ['^event-[^/]+/src/core/', '^shared/(core|columnar|contracts)/'],
      },
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
      to: {
        path: '^(shared|scripts|event-)',
        pathNot: ['^event-viewer/core/', '^shared/(core|columnar|contracts|hub|intake)/'],
      },
    },
    {
      name: 'estimator-is-pure',
      comment: 'the page reckons with it too',
      severity: 'error',
      from: { path: '^event-estimator/src/', pathNot: tests },
      to: { path: '^(shared|scripts|event-)', pathNot: ['^event-estimator/', '^shared/(core|columnar|contracts)/'] },
    },
    {
      name: 'estimator-does-no-input-or-output',
      severity: 'error',
      from: { path: '^event-estimator/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    ...services.map((service) => ({
      name: `${service.split('/')[0]}-imports-no-other-service`,
      severity: 'error',
      from: { path: `^${service}/` },
      to: { path: '^event-', pathNot: [`^${service}/`, '^event-viewer/core/', '^event-estimator/'] },
    })),
    {
      name: 'only-scripts-import-scripts',
      comment: 'tests of the whole system, and what starts it, lie in scripts/',
      severity: 'error',
      from: { path: '^(shared|event-)' },
      to: { path: '^scripts/' },
    },
    {
      name: 'scripts-import-packages',
      comment:
        'what starts the product takes of a package what its index exports; what measures or proves it may look inside',
      severity: 'error',
      from: { path: '^scripts/', pathNot: [tests, proofs] },
      to: { path: '^(shared|event-)', pathNot: ['/src/index\\.ts$', '/src/[a-z]+/index\\.ts$', '/src/browser\\.ts$'] },
    },
    {
      name: 'programs-import-no-testing',
      comment: 'tests, benchmarks, and the demo and chaos runs, which compare with an oracle',
      severity: 'error',
      from: { path: '^(shared|event-)', pathNot: tests },
      to: { path: testing },
    },
    {
      name: 'test-helpers-lie-in-testing',
      comment: 'one name and one place: <package>/src/testing/, or testing/ beside the tests of one folder',
      severity: 'error',
      from: {},
      to: { path: '/(test-[^/]+|fixtures?|[^/]+-fixture)\\.ts$' },
    },
    {
      name: 'page-and-its-server-meet-in-api',
      comment: 'what the page and its server tell each other is in event-viewer/web/api',
      severity: 'error',
      from: { path: '^event-viewer/web/(src|api)/' },
      to: { path: '^event-viewer/web/app/' },
    },
    {
      name: 'page-imports-not-its-server',
      severity: 'error',
      from: { path: '^event-viewer/web/(app|api)/' },
      to: { path: '^event-viewer/web/src/' },
    },
    ...inOrder('', PAGE_PARTS, ['^event-viewer/web/app/use-viewer-config\\.ts$']),
    ...inOrder('vehicles/', VEHICLE_PARTS, ['^event-viewer/web/app/vehicles/scene\\.ts$']),
    {
      name: 'no-cycles',
      comment: 'of types neither',
      severity: 'error',
      from: {},
      to: { circular: true },
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
    exclude: { path: ['/node_modules/(?!@fleetlake|@nats-io)', '^event-viewer/web/(\\.nuxt|\\.output|dist)'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
