import { subjects } from '@fleetlake/contracts'
import type { MessageHub } from '@fleetlake/hub/browser'
import { forgetImports, hearImport, type HeardImport, importsAt, NOTHING_HEARD } from './heard-imports.ts'

/** Listens to imports from now on. @returns what is known at an instant */
export const watchImports = (hub: MessageHub): ((nowMs: number) => HeardImport[]) => {
  let heard = NOTHING_HEARD
  hub.listen('importStatus', subjects.importStatus('*'), ({ data }) => {
    heard = hearImport(heard, data, Date.now())
  })
  return (nowMs) => {
    heard = forgetImports(heard, nowMs)
    return importsAt(heard, nowMs)
  }
}
