import { humanBytes, humanCount, humanDuration, plural, type BoardState, type MemberLine } from '@fleetlake/viewer-core'
import { renderTable } from '../terminal/render-table.ts'

const HEADER = ['service', 'member', 'state', 'up', 'memory', 'lag', 'version']

const cellsOf = ({ group, member, state, upMs, memoryBytes, lagMs, version }: MemberLine): string[] => [
  group.replace(/s$/, ''),
  member,
  state,
  humanDuration(upMs),
  humanBytes(memoryBytes),
  lagMs === null ? '' : humanDuration(lagMs),
  version,
]

/** The totals in one line. */
export const renderTotals = (state: BoardState): string => {
  if (state.commits === 0) return 'nothing has been archived since this command was started'
  const parts = [
    `archived ${plural(state.rows, 'position')}`,
    `${humanCount(state.rowsPerSecond)}/s`,
    `${humanBytes(state.bytes)} in ${plural(state.files, 'file')}`,
    `${state.bytesPerRow} B each`,
    `${plural(state.commits, 'commit')}, table version ${state.version}`,
    `lag ${humanDuration(state.lagMs ?? 0)}`,
  ]
  if (state.deadRows > 0) parts.push(plural(state.deadRows, 'invalid row'))
  return parts.join(' · ')
}

/** What `fleet stats` shows, in lines. */
export const renderBoard = (state: BoardState): string[] => {
  const services =
    state.members.length === 0 ? ['no service is running'] : renderTable([HEADER, ...state.members.map(cellsOf)])
  return [renderTotals(state), '', ...services]
}
