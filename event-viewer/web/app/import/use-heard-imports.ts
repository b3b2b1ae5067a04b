import { shallowRef, type ShallowRef } from 'vue'
import type { HeardImport } from '../hub/imports/heard-imports.ts'
import { useHub } from '../hub/use-hub.ts'

let heard: ShallowRef<readonly HeardImport[] | undefined> | undefined

/** Imports that run anywhere, once a second since this was first asked for; undefined before the first. */
export const useHeardImports = (): Readonly<ShallowRef<readonly HeardImport[] | undefined>> => {
  if (heard !== undefined) return heard
  const imports = shallowRef<readonly HeardImport[]>()
  heard = imports
  void useHub().thread.watchImports((told) => {
    imports.value = told
  })
  return imports
}
