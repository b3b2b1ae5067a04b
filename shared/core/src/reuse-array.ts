interface Sliceable<A> {
  readonly length: number
  subarray(from: number, to: number): A
}

/** Gives the first `length` elements of an array, valid until it is called again. */
export type Reused<A> = (length: number) => A

/**
 * One array for many uses in turn: a call gives its first `length` elements, with whatever they hold from before, and ends the use of
 * what the call before has given. It grows, and never shrinks. For hot paths: V8 collects the whole heap for every few tens of
 * megabytes of arrays that are made.
 */
export const reuseArray = <A extends Sliceable<A>>(make: (length: number) => A): Reused<A> => {
  let array = make(0)
  return (length) => {
    if (array.length < length) array = make(Math.max(length, array.length + (array.length >> 1)))
    return array.subarray(0, length)
  }
}
