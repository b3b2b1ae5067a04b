import { type Column, COLUMNS } from '../columns.ts'

type IdentityColumn = Extract<Column, { readonly isIdentity: true; readonly kind: 'instant' | 'degrees' }>

/** The columns of numbers in which two rows of a vehicle must be equal to be one report, the time first. */
export const IDENTITY_KEYS: readonly IdentityColumn['key'][] = COLUMNS.filter(
  (column): column is IdentityColumn => 'isIdentity' in column && column.kind !== 'id',
).map(({ key }) => key)

/** Columns with what tells reports of a vehicle apart. */
export type IdentityColumns = { readonly [Key in IdentityColumn['key']]: ArrayLike<number> }

/**
 * Whether two rows of one vehicle are one report, however often it was sent. Invariant: this is the only function that decides it. Speed, heading and
 * type are not looked at: a source may find them out later.
 */
export const isSameReport = (a: IdentityColumns, i: number, b: IdentityColumns, j: number): boolean => {
  for (const key of IDENTITY_KEYS) if (a[key][i] !== b[key][j]) return false
  return true
}

/** An order of one vehicle's rows in which equal reports are neighbours. */
export const compareReports = (a: IdentityColumns, i: number, b: IdentityColumns, j: number): number => {
  for (const key of IDENTITY_KEYS) {
    const difference = a[key][i] - b[key][j]
    if (difference !== 0) return difference
  }
  return 0
}
