import { defineConfig } from 'vite'

/** A page for measuring alone: no user ever gets it. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: {
    target: 'esnext',
    outDir: process.env.FLEET_BENCH_OUTPUT_DIR ?? '.output',
    emptyOutDir: true,
    chunkSizeWarningLimit: 4000,
  },
  worker: { format: 'es' },
  logLevel: 'warn',
})
