import type { BoardState } from '@fleetlake/viewer-core'
import { shallowRef, type ShallowRef } from 'vue'
import { useHub } from '../hub/use-hub.ts'

let heard: ShallowRef<BoardState | undefined> | undefined

/** Services and commits, once a second since this was first asked for; undefined before the first. */
export const useBoard = (): Readonly<ShallowRef<BoardState | undefined>> => {
  if (heard !== undefined) return heard
  const board = shallowRef<BoardState>()
  heard = board
  void useHub().thread.watchBoard((told) => {
    board.value = told
  })
  return board
}
