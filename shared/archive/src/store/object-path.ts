import { FleetError } from '@fleetlake/core'

/** Refuses paths that could leave the store; logs come from other programs too. @throws FleetError `table.invalid` */
export const checkObjectPath = (path: string): void => {
  const segments = path.split('/')
  if (path.includes('\0') || path.includes('\\') || segments.some((s) => s === '' || s === '.' || s === '..')) {
    throw new FleetError('table.invalid', `"${path}" is not a path within the table`)
  }
}
