/** The name of a member of an object that has others; one that is taken already has a low line behind. */
export const memberName = (name: string, taken: readonly string[]): string =>
  taken.includes(name) ? memberName(`${name}_`, taken) : name
