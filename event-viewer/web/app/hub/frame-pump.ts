/** Where frames go. */
export interface FrameSink<Frame> {
  give(frame: Frame): Promise<void>
  /** Called once nothing goes there any more. */
  end(): void
}

/** Gives the page frames: one at a time, and none while it is hidden. */
export interface FramePump<Frame> {
  /** From now on frames go there, and nowhere else. */
  giveTo(sink: FrameSink<Frame>): void
  setVisible(isVisible: boolean): void
  /** Takes a frame and gives it, if the page is done with the one before; called as often as there may be frames. */
  pump(): Promise<void>
}

/** Invariant: no frame is taken before the page is done with the one before, so that they come in order and never pile up. */
export const createFramePump = <Frame>(
  take: () => Frame | undefined,
  onFault: (error: unknown) => void,
): FramePump<Frame> => {
  let sink: FrameSink<Frame> | undefined
  let [isVisible, isUnderWay] = [true, false]
  const replaced: FrameSink<Frame>[] = []

  const endReplaced = (): void => {
    for (const each of replaced.splice(0)) each.end()
  }
  return {
    giveTo: (next) => {
      if (sink !== undefined) replaced.push(sink)
      sink = next
      if (!isUnderWay) endReplaced()
    },
    setVisible: (next) => {
      isVisible = next
    },
    pump: async () => {
      if (sink === undefined || !isVisible || isUnderWay) return
      const frame = take()
      if (frame === undefined) return
      isUnderWay = true
      try {
        await sink.give(frame)
      } catch (error) {
        onFault(error)
      }
      isUnderWay = false
      endReplaced()
    },
  }
}
