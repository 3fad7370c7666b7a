import { App } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, Problem, unwrap } from '~/api/client'
import { problemText } from '~/lib/problem'
import { Act } from './Act'

/** Leaves what is said out of the recording, as while a card's number is told. */
export function RecordingPause({ call }: { call: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [paused, setPaused] = useState(false)
  const [none, setNone] = useState(false)
  const put = async () => {
    const params = { path: { call_id: call } }
    try {
      const body = { paused: !paused }
      await unwrap(client.PUT('/api/v1/calls/{call_id}/recording/state', { params, body }))
      setPaused(!paused)
    } catch (error) {
      if (error instanceof Problem && error.code === 'not_recorded') setNone(true)
      void message.info(problemText(error, t))
    }
  }
  if (none) return null
  return (
    <Act
      name={t(paused ? 'phone.record' : 'phone.recordPause')}
      icon={<i className={paused ? 'rec-dot rec-paused' : 'rec-dot'} />}
      on={paused}
      onClick={() => void put()}
    />
  )
}
