import { useSyncExternalStore } from 'react'
import { type Board, fold, type LiveEvent } from './board'
import type { LiveState } from './socket'

// What the live socket told, for every screen to read.

interface Live {
  state: LiveState
  board: Board
}

let live: Live = { state: 'connecting', board: {} }
const listeners = new Set<() => void>()

function set(next: Live): void {
  if (next.board === live.board && next.state === live.state) return
  live = next
  for (const listener of listeners) listener()
}

export const tell = (event: LiveEvent): void => set({ ...live, board: fold(live.board, event) })
export const setState = (state: LiveState): void => set({ ...live, state })

/** Puts the server's list in place; what came by event since it was asked for wins. */
export const setBoard = (board: Board): void => set({ ...live, board: { ...board, ...keep(board) } })

function keep(board: Board): Board {
  return Object.fromEntries(Object.entries(live.board).filter(([id]) => id in board))
}

export const forget = (): void => set({ state: 'connecting', board: {} })

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useBoard = (): Board => useSyncExternalStore(subscribe, () => live.board)
export const useLiveState = (): LiveState => useSyncExternalStore(subscribe, () => live.state)
