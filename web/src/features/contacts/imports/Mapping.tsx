import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Import } from '../queries'

const PLAIN = [
  'name',
  'phone',
  'phone_home',
  'phone_office',
  'email',
  'company',
  'job_title',
  'address',
  'note',
  'labels',
  'owner',
]

/** What each column of the file means. */
export function Mapping({
  data,
  onChosen,
}: {
  data: Import
  onChosen: (mapping: string[]) => Promise<void>
}) {
  const { t } = useTranslation()
  const [mapping, setMapping] = useState(data.mapping)
  const [busy, setBusy] = useState(false)
  const put = (place: number, meaning: string) =>
    setMapping(mapping.map((known, at) => (at === place ? meaning : known)))
  const changed = mapping.some((meaning, place) => meaning !== data.mapping[place])
  const run = async () => {
    setBusy(true)
    await onChosen(mapping)
    setBusy(false)
  }
  return (
    <section className="card pad stack">
      <div>
        <h2>{t('import.columns')}</h2>
        <p className="muted">{t('import.columnsAbout')}</p>
      </div>
      <ul className="mapping">
        {data.columns.map(({ title, samples }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
          <li key={place}>
            <div className="mapping-words">
              <strong>{title || t('import.unnamed', { place: place + 1 })}</strong>
              <span className="muted">{samples.join(' · ')}</span>
            </div>
            <Meaning
              title={title || String(place + 1)}
              value={mapping[place] ?? ''}
              onChange={(meaning) => put(place, meaning)}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button
          type={data.state === 'mapping' || changed ? 'primary' : 'default'}
          loading={busy}
          onClick={() => void run()}
        >
          {t(data.state === 'mapping' ? 'import.look' : 'import.lookAgain')}
        </Button>
      </div>
    </section>
  )
}

function Meaning({
  title,
  value,
  onChange,
}: {
  title: string
  value: string
  onChange: (meaning: string) => void
}) {
  const { t } = useTranslation()
  const own = value.startsWith('field:') || value.startsWith('external:')
  const kind = own ? value.slice(0, value.indexOf(':') + 1) : value
  const options = ['', ...PLAIN, 'field:', 'external:'].map((word) => ({
    value: word,
    label: t(`import.meaning.${word.replace(':', '') || 'nothing'}`),
  }))
  return (
    <span className="row">
      <Select
        value={kind}
        style={{ width: 200 }}
        aria-label={t('import.meaningOf', { column: title })}
        options={options}
        onChange={(word) => onChange(word.endsWith(':') ? `${word}${title}` : word)}
      />
      {own && (
        <Input
          value={value.slice(kind.length)}
          style={{ width: 160 }}
          aria-label={t('contacts.fieldName')}
          maxLength={60}
          onChange={(event) => onChange(kind + event.target.value)}
        />
      )}
    </span>
  )
}
