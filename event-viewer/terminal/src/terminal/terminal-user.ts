import { userInfo } from 'node:os'

/** Who is at this terminal, for those who ask later who changed something: the system's user, by number where it has no name. */
export const terminalUser = (): string => {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
