import type { HeardImport, ImportStatus } from '../hub/imports/heard-imports.ts'

/** From 0 to 100 by bytes; null while it is not known. */
export const percentOf = ({ status, bytes, bytesDone }: ImportStatus): number | null => {
  if (status === 'complete') return 100
  // All is read, and what the archive has still to write is not known.
  if (status === 'archiving' || bytes === undefined || bytes === 0) return null
  return Math.min(100, (100 * bytesDone) / bytes)
}

/** How long the reading will go on, at its rate of late. @returns ms; null while nobody can tell, and of a silent one */
export const timeLeftMs = ({ status, silentMs, bytesPerSecond }: HeardImport): number | null => {
  const { bytes, bytesDone } = status
  const isTold = status.status === 'reading' && silentMs === null && bytes !== undefined
  if (!isTold || bytesPerSecond === null || bytesPerSecond === 0) return null
  return (Math.max(0, bytes - bytesDone) * 1000) / bytesPerSecond
}
