import { printable } from '@fleetlake/core'
import type { BoardState } from '@fleetlake/viewer-core'
import { clearScreenDown, moveCursor } from 'node:readline'
import { renderBoard, renderTotals } from './render-board.ts'

/** Draws the board in the same place again and again. */
const onTerminal = (output: NodeJS.WriteStream): ((state: BoardState) => void) => {
  let height = 0
  return (state) => {
    // Some terminals do not report their size.
    const [columns, rows] = [output.columns || 120, output.rows || 24]
    const lines = renderBoard(state)
      .map(printable)
      .slice(0, rows - 1)
      .map((line) => line.slice(0, columns))
    moveCursor(output, -columns, -height)
    clearScreenDown(output)
    output.write(`${lines.join('\n')}\n`)
    height = lines.length
  }
}

/** One line whenever the totals have changed. */
const onPipe = (print: (line: string) => void): ((state: BoardState) => void) => {
  let commits = -1
  return (state) => {
    if (state.commits !== commits) print(`${state.time} ${renderTotals(state)}`)
    commits = state.commits
  }
}

export const createShow = (json: boolean, print: (line: string) => void): ((state: BoardState) => void) => {
  if (json) return (state) => print(JSON.stringify(state))
  return process.stdout.isTTY === true ? onTerminal(process.stdout) : onPipe(print)
}
