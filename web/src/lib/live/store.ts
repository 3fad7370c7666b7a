import { useSyncExternalStore } from 'react'
import { type Board, fold, type LiveCall, type LiveEvent } from './board'
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

const hearers = new Set<(event: LiveEvent) => void>()

export function tell(event: LiveEvent): void {
  set({ ...live, board: fold(live.board, event) })
  for (const hear of hearers) hear(event)
}

/** Hears each live event until the returned function is called. */
export function onLive(hear: (event: LiveEvent) => void): () => void {
  hearers.add(hear)
  return () => hearers.delete(hear)
}
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
/** One call that is up; it changes only when this call does. */
export const useLiveCall = (id: string): LiveCall | undefined =>
  useSyncExternalStore(subscribe, () => live.board[id])
export const useLiveState = (): LiveState => useSyncExternalStore(subscribe, () => live.state)
