import { QRCode } from 'antd'

/** A text as a picture that phones read; `label` says what it is. Black on white, whatever the look: scanners want it so. */
export function Qr({ text, label, size }: { text: string; label: string; size: number }) {
  return (
    <div role="img" aria-label={label}>
      <div aria-hidden="true">
        <QRCode value={text} size={size} color="#1c2523" bgColor="#ffffff" />
      </div>
    </div>
  )
}
