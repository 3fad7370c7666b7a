export interface BarStep {
  name: string
  parts: { kind: string; value: number }[]
}

/** Columns over time, each of parts; what they say stands in the table below as well. */
export function Bars({ label, steps }: { label: string; steps: BarStep[] }) {
  const sum = (step: BarStep) => step.parts.reduce((all, part) => all + part.value, 0)
  const most = Math.max(1, ...steps.map(sum))
  return (
    <div className="columns" role="img" aria-label={label}>
      {steps.map((step) => (
        <div key={step.name} className="column" title={`${step.name}: ${sum(step)}`}>
          <div className="column-stack">
            {[...step.parts].reverse().map(({ kind, value }) => (
              <i key={kind} className={`column-${kind}`} style={{ height: `${(100 * value) / most}%` }} />
            ))}
          </div>
          <span className="column-name">{step.name}</span>
        </div>
      ))}
    </div>
  )
}
