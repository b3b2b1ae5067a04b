/** Which batches of an answer have come. Tasks that are repeated send the same batches again. */
export interface HeldBatches {
  /** @returns false for one that was here already */
  hold(task: number, batch: number): boolean
  /** What the answer consists of, as its end tells. */
  expect(tasks: readonly { readonly task: number; readonly batches: number }[]): void
  /** Of what is expected; 0 before anything is. */
  missing(): number
}

export const createHeldBatches = (): HeldBatches => {
  const held = new Set<string>()
  const missing = new Set<string>()
  return {
    hold: (task, batch) => {
      const key = `${task}/${batch}`
      missing.delete(key)
      return held.size !== held.add(key).size
    },
    expect: (tasks) => {
      for (const { task, batches } of tasks) {
        for (let batch = 0; batch < batches; batch++) {
          const key = `${task}/${batch}`
          if (!held.has(key)) missing.add(key)
        }
      }
    },
    missing: () => missing.size,
  }
}
