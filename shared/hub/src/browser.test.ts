import { isBuiltin } from 'node:module'
import { createContext, runInContext } from 'node:vm'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'

interface Bundle {
  readonly code: string
  /** Of Node, and whatever else is not in the bundle. */
  readonly missing: string[]
  readonly packages: string[]
}

/** What a browser would load for an entry, modules that are loaded later included. */
const bundleForBrowser = async (entry: string): Promise<Bundle> => {
  const bundle = await rolldown({
    input: new URL(entry, import.meta.url).pathname,
    platform: 'browser',
    logLevel: 'silent',
    external: isBuiltin,
  })
  const { output } = await bundle.generate({ format: 'iife', name: 'hub', codeSplitting: false })
  await bundle.close()
  const [{ code, imports, dynamicImports, moduleIds }] = output
  const packages = moduleIds.flatMap(
    (id) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(id)?.[1] ?? [],
  )
  return { code, missing: [...imports, ...dynamicImports], packages: [...new Set(packages)].toSorted() }
}

/** Names that both Node and browsers know. */
const WEB = ['TextEncoder', 'TextDecoder', 'URL', 'crypto', 'WebSocket', 'CloseEvent', 'AbortController', 'performance']

test('what runs in a browser needs nothing of Node: no module, no JetStream, no name', async () => {
  const { code, missing, packages } = await bundleForBrowser('./browser.ts')
  expect(missing).toEqual([])
  expect(packages).toContain('@nats-io/nats-core')
  expect(packages.filter((name) => /transport-node|jetstream|cloudevents/.test(name))).toEqual([])
  const globals = Object.fromEntries(WEB.map((name) => [name, Reflect.get(globalThis, name)]))
  const exported = runInContext(`${code}; Object.keys(hub)`, createContext(globals)) as string[]
  expect(exported).toEqual(expect.arrayContaining(['connectHub', 'askVehicles', 'runGeneration']))
})

test('what runs in Node is told from it', async () => {
  const { missing, packages } = await bundleForBrowser('./index.ts')
  expect([...missing, ...packages]).toEqual(expect.arrayContaining(['@nats-io/transport-node', '@nats-io/jetstream']))
})
