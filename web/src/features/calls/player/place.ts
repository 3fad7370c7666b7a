/** The place in a recording that is played, for what stands beside the player. */
export interface Place {
  /** Seconds from its beginning. */
  at: number
  seek: (seconds: number) => void
}
