/** Numbers texts as they come. */
export interface TextCodes {
  readonly texts: readonly string[]
  codeOf(text: string): number
}

export const createTextCodes = (): TextCodes => {
  const texts: string[] = []
  const codes = new Map<string, number>()
  return {
    texts,
    codeOf: (text) => {
      let code = codes.get(text)
      if (code === undefined) {
        code = texts.length
        codes.set(text, code)
        texts.push(text)
      }
      return code
    },
  }
}
