import type { ReactNode } from 'react'

/** An empty place that says what would be here, why one wants it, and what to do next. */
export function Teach(props: { icon: ReactNode; title: string; why: string; action?: ReactNode }) {
  return (
    <div className="teach">
      <div className="teach-icon" aria-hidden="true">
        {props.icon}
      </div>
      <h2>{props.title}</h2>
      <p className="muted">{props.why}</p>
      {props.action}
    </div>
  )
}
