import type { CommandContext } from '../commands/context.ts'
export const runQuery = async (_q: unknown, _o: unknown, _c: CommandContext): Promise<void> => {}
