/**
 * The buffers of the typed arrays in plain data, each once: what may cross the threads' border without a copy. The data must not share
 * them with other data, since they are gone here afterwards.
 */
export const transferablesOf = (value: unknown): ArrayBuffer[] => {
  const buffers = new Set<ArrayBuffer>()
  collect(value, buffers)
  return [...buffers]
}

const collect = (value: unknown, buffers: Set<ArrayBuffer>): void => {
  if (ArrayBuffer.isView(value)) {
    // A buffer without bytes may be shared by several columns, and must not be transferred twice: it is left out.
    if (value.buffer instanceof ArrayBuffer && value.byteLength > 0) buffers.add(value.buffer)
  } else if (Array.isArray(value)) {
    // Of texts and numbers there may be a hundred thousand, and what they hold is not transferred.
    if (typeof value[0] === 'object') for (const each of value) collect(each, buffers)
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) collect(each, buffers)
  }
}
