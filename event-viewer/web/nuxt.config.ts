/**
 * One page that runs in the browser alone: `nuxt generate` writes it to `.output/public`, the viewer service serves it together
 * with what the page asks of the server (`/api`). Nothing is loaded from elsewhere, at build or at run time.
 */
export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
  ssr: false,
  devtools: { enabled: false },
  modules: ['@nuxt/ui'],
  css: ['~/assets/css/main.css'],
  // Several builds of one checkout must not write into each other's folders.
  buildDir: process.env.FLEET_WEB_BUILD_DIR ?? '.nuxt',
  nitro: {
    output: { dir: process.env.FLEET_WEB_OUTPUT_DIR ?? '.output' },
    compressPublicAssets: { gzip: true, brotli: false },
    // `npm run dev` shows the page with the data of a viewer service that runs.
    devProxy: {
      '/api': { target: process.env.FLEET_WEB_API ?? 'http://127.0.0.1:3000/api' },
      '/v1': { target: process.env.FLEET_WEB_LOGIN ?? 'http://127.0.0.1:3000/v1' },
    },
  },
  ui: { fonts: false },
  icon: {
    provider: 'none',
    fallbackToApi: false,
    serverBundle: { collections: ['lucide'] },
    // Names of icons stand in plain modules too.
    clientBundle: { scan: { globInclude: ['**/*.{vue,ts}'] } },
  },
  colorMode: { preference: 'system', fallback: 'dark' },
  // Components are named by their file alone, whatever folder they are in.
  components: [{ path: '~/components', pathPrefix: false }],
  imports: { scan: false },
  app: {
    head: {
      title: 'Fleetlake',
      htmlAttrs: { lang: 'en' },
      meta: [{ name: 'viewport', content: 'width=device-width, initial-scale=1' }],
      link: [{ rel: 'icon', type: 'image/svg+xml', href: '/favicon.svg' }],
    },
  },
  vite: {
    worker: { format: 'es' },
    build: { target: 'esnext' },
    optimizeDeps: { exclude: ['maplibre-gl'] },
  },
  typescript: {
    tsConfig: {
      compilerOptions: {
        allowImportingTsExtensions: true,
        noUncheckedIndexedAccess: false,
        exactOptionalPropertyTypes: true,
      },
    },
  },
})
