/** What is opened when it is needed, and anew after it was closed. */
export interface KeptOpen<Opened> {
  /** @returns undefined while there is nothing to open */
  get(): Promise<Opened | undefined>
  /** Does nothing when it is closed. */
  close(): Promise<void>
}

export const keepOpen = <Opened>(
  open: () => Promise<Opened | undefined>,
  close: (opened: Opened) => Promise<void>,
): KeptOpen<Opened> => {
  let opened: Opened | undefined
  return {
    get: async () => (opened ??= await open()),
    close: async () => {
      const last = opened
      opened = undefined
      if (last !== undefined) await close(last)
    },
  }
}
