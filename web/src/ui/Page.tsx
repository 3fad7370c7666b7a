import type { ReactNode } from 'react'

/** A screen: its title, one sentence about it, what can be done, and the content. */
export function Page(props: {
  title: ReactNode
  about?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <div className="page">
      <header className="page-head">
        <div className="page-words">
          <h1>{props.title}</h1>
          {props.about && <p className="muted">{props.about}</p>}
        </div>
        {props.actions && <div className="page-actions">{props.actions}</div>}
      </header>
      {props.children}
    </div>
  )
}
