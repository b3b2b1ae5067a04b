/** Whether a subject is one of those that a pattern names: `*` stands for one token, `>` for one or more at the end. */
export const matches = (pattern: string, subject: string): boolean => {
  if (pattern === subject) return true
  const [wanted, tokens] = [pattern.split('.'), subject.split('.')]
  for (const [i, token] of wanted.entries()) {
    if (token === '>') return tokens.length > i
    if (i >= tokens.length || (token !== '*' && token !== tokens[i])) return false
  }
  return wanted.length === tokens.length
}

/** Whether two patterns may name the same subject. */
export const overlap = (one: string, other: string): boolean => {
  const [a, b] = [one.split('.'), other.split('.')]
  for (let i = 0; ; i++) {
    if (i >= a.length || i >= b.length) return a.length === b.length
    if (a[i] === '>' || b[i] === '>') return true
    if (a[i] !== '*' && b[i] !== '*' && a[i] !== b[i]) return false
  }
}
