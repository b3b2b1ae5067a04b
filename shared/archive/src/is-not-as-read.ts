import { FleetError } from '@fleetlake/core'

const CODES: ReadonlySet<string> = new Set(['table.damaged', 'table.invalid', 'table.replaced'])

/** Whether a table's log or files are not what was read of them: its folder may have been deleted, or made again. Who opens the table once more finds it as it is. */
export const isNotAsRead = (error: unknown): boolean => error instanceof FleetError && CODES.has(error.code)
