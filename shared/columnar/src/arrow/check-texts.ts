import { damaged } from './damaged.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Texts side by side are UTF-8, and none begins in the middle of a character: else two ids might read as the same text. */
export const checkTexts = (offsets: Int32Array, bytes: Uint8Array): void => {
  try {
    utf8.decode(bytes.subarray(offsets[0], offsets[offsets.length - 1]))
  } catch {
    throw damaged('a text is not UTF-8')
  }
  for (let i = 0; i < offsets.length - 1; i++) {
    if ((bytes[offsets[i]] & 0xc0) === 0x80 && offsets[i] < offsets[offsets.length - 1])
      throw damaged('a text is not UTF-8')
  }
}
