import type { Change } from './change.ts'
import { fit } from './entries.ts'
import { isKind, KINDS } from './kinds.ts'

/** A change for those who look at it. */
export interface ShownChange extends Omit<Change, 'value'> {
  /** Without what is hidden of it; undefined when the entry was removed, or when it is not known what must be hidden of it. */
  readonly value: Readonly<Record<string, unknown>> | undefined
  readonly isRemoved: boolean
  /** Why it does not count. */
  readonly fault: string | undefined
}

const without = (value: object, hidden: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !hidden.includes(name)))

/** Invariant: nothing is shown that a password or token could be tried against. */
export const showChange = (change: Change): ShownChange => {
  const { kind, id, value: json } = change
  const isRemoved = json === undefined
  if (isRemoved) return { ...change, value: undefined, isRemoved, fault: undefined }
  const fitted = fit(kind, id, json)
  if ('fault' in fitted || !isKind(kind)) {
    return { ...change, value: undefined, isRemoved, fault: 'fault' in fitted ? fitted.fault : undefined }
  }
  return { ...change, value: without(fitted.value as object, KINDS[kind].hidden), isRemoved, fault: undefined }
}
