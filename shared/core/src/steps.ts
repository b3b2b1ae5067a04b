/** Work that can be interrupted where it yields, so that other work is let in between. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Does all of it at once. */
export const finish = <Result>(steps: Steps<Result>): Result => {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
