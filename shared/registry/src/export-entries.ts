import type { Held } from './entries.ts'

/** An entry as a line of an export; undefined for one whose value is not JSON, which nobody can put back. */
export const exportLine = ({ change: { kind, id, version, value = '', who, at } }: Held): string | undefined => {
  try {
    return JSON.stringify({
      kind,
      id,
      version,
      value: JSON.parse(value) as unknown,
      who,
      at: new Date(at).toISOString(),
    })
  } catch {
    return undefined
  }
}
