import { Button } from 'antd'

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** The twelve keys of a telephone. */
export function Keypad({ shown, onKey }: { shown?: string; onKey: (key: string) => void }) {
  return (
    <div>
      {shown !== undefined && <output className="phone-keys num">{shown || ' '}</output>}
      <div className="keypad">
        {KEYS.map((key) => (
          <Button key={key} onClick={() => onKey(key)}>
            {key}
          </Button>
        ))}
      </div>
    </div>
  )
}
