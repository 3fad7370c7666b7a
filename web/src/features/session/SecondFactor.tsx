import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { day } from '~/lib/time'
import { Dot } from '~/ui/Dot'
import { Failed } from '~/ui/Failed'
import { useSaver } from '~/ui/useSaver'
import { Enrol } from './Enrol'
import { Proof } from './Proof'

const factorQuery = {
  queryKey: ['second-factor'],
  queryFn: () => unwrap(client.GET('/api/v1/session/second-factor')),
}

/** Codes of an authenticator app beside the password. */
export function SecondFactor() {
  const { t } = useTranslation()
  const saver = useSaver('second-factor')
  const factor = useQuery(factorQuery)
  const [open, setOpen] = useState<'on' | 'off' | null>(null)
  const close = () => {
    setOpen(null)
    saver(Promise.resolve())
  }
  const off = async (password: string) => {
    await saver(unwrap(client.POST('/api/v1/session/second-factor/off', { body: { password } })))
    setOpen(null)
  }
  const { since, recovery_codes_left: left } = factor.data ?? {}
  return (
    <section className="card pad" style={{ maxWidth: 620 }}>
      <div className="row between">
        <h2 style={{ marginBottom: 4 }}>{t('factor.title')}</h2>
        {factor.data && <Dot tone={since ? 'good' : 'quiet'}>{t(since ? 'factor.on' : 'factor.off')}</Dot>}
      </div>
      <p className="muted" style={{ marginBottom: 16 }}>
        {since ? t('factor.since', { day: day(since), count: left ?? 0 }) : t('factor.about')}
      </p>
      {factor.isPending && <Skeleton active title={false} paragraph={{ rows: 1 }} />}
      {factor.isError && <Failed error={factor.error} retry={factor.refetch} />}
      {factor.data &&
        (since ? (
          <Button onClick={() => setOpen('off')}>{t('factor.turnOff')}</Button>
        ) : (
          <Button type="primary" onClick={() => setOpen('on')}>
            {t('factor.turnOn')}
          </Button>
        ))}
      {open === 'on' && <Enrol onClose={close} />}
      {open === 'off' && (
        <Proof
          title={t('factor.turnOff')}
          about={t('factor.turnOffAbout')}
          onProven={off}
          onClose={() => setOpen(null)}
        />
      )}
    </section>
  )
}
