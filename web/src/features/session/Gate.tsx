import type { ReactNode } from 'react'
import { LookButton, TongueButton } from '~/app/Choices'
import { Art } from './Art'

/** What stands around everything in front of the door. */
export function Gate({ children }: { children: ReactNode }) {
  return (
    <div className="gate">
      <Art />
      <main className="gate-form">
        <div className="gate-box">
          {children}
          <div className="gate-foot">
            <TongueButton />
            <LookButton />
          </div>
        </div>
      </main>
    </div>
  )
}
