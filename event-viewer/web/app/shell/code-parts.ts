export interface TextPart {
  readonly text: string
  readonly isCode: boolean
}

/** Parts a text at its backticks; one that has no partner stays text. */
export const codeParts = (text: string): TextPart[] =>
  text
    .split(/`([^`]+)`/)
    .map((piece, i) => ({ text: piece, isCode: i % 2 === 1 }))
    .filter((part) => part.text !== '')
