import {
  CloseOutlined,
  DeleteOutlined,
  DownloadOutlined,
  PhoneOutlined,
  PlayCircleOutlined,
} from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { client, unwrap } from '~/api/client'
import { useDialler } from '~/lib/dialling'
import { useMay, useMe } from '~/lib/me'
import { useNames } from '~/lib/names'
import { formatPhone } from '~/lib/phone'
import { problemText } from '~/lib/problem'
import { length, when } from '~/lib/time'
import { Dot } from '~/ui/Dot'
import { Party } from '~/ui/Party'
import type { Message } from './queries'
import { useOwnExtension } from './useOwnExtension'

interface Props {
  message: Message
  /** Whether to tell for whom it was left. */
  whose: boolean
  playing: boolean
  onPlay: (on: boolean) => void
}

/** One message: who left it and when, its sound, and what can be done with it. */
export function Line({ message: mail, whose, playing, onPlay }: Props) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const queries = useQueryClient()
  const names = useNames()
  const { country } = useMe()
  const dial = useDialler()
  // What is somebody else's is a supervisor's to change.
  const maySupervise = useMay('supervise')
  const mine = useOwnExtension()?.id === mail.extension
  const mayChange = mine || maySupervise
  const params = { path: { voicemail_id: mail.id } }
  const sound = `/api/v1/voicemails/${mail.id}/audio`
  const who = formatPhone(mail.from_number, country)
  const isNew = !mail.read_at
  const run = (work: Promise<unknown>) =>
    work.then(
      () => queries.invalidateQueries({ queryKey: ['voicemail'] }),
      (error) => void message.error(problemText(error, t)),
    )
  const mark = (read: boolean) =>
    run(unwrap(client.PATCH('/api/v1/voicemails/{voicemail_id}', { params, body: { read } })))
  const remove = () =>
    modal.confirm({
      title: t('voicemail.removeAsk', { number: who }),
      content: t('voicemail.removeEffect'),
      okText: t('form.remove'),
      okButtonProps: { danger: true },
      onOk: () => run(unwrap(client.DELETE('/api/v1/voicemails/{voicemail_id}', { params }))),
    })
  return (
    <li className={isNew ? 'mail mail-new' : 'mail'}>
      <Button
        shape="circle"
        type={isNew ? 'primary' : 'default'}
        icon={playing ? <CloseOutlined /> : <PlayCircleOutlined />}
        aria-label={t(playing ? 'voicemail.close' : 'voicemail.play', { number: who })}
        aria-expanded={playing}
        onClick={() => onPlay(!playing)}
      />
      <div className="mail-who">
        <Party number={mail.from_number} name={mail.from_name} />
        <span className="muted num">
          <time>{when(mail.created_at)}</time> · {length(mail.duration_ms)}
          {whose && ` · ${t('voicemail.for', { name: names.of(mail.extension) })}`}
          {!mail.complete && ` · ${t('voicemail.cut')}`}
        </span>
      </div>
      <Button type="text" size="small" disabled={!mayChange} onClick={() => void mark(isNew)}>
        <Dot tone={isNew ? 'warn' : 'quiet'}>{t(isNew ? 'voicemail.new' : 'voicemail.heard')}</Dot>
      </Button>
      <span className="mail-acts">
        <Tooltip title={t('notices.callBack')}>
          <Button
            type="text"
            icon={<PhoneOutlined />}
            disabled={!dial || mail.from_number === ''}
            aria-label={t('voicemail.callBack', { number: who })}
            onClick={() => dial?.(mail.from_number)}
          />
        </Tooltip>
        <Button
          type="text"
          icon={<DownloadOutlined />}
          href={sound}
          download={`${mail.id}.wav`}
          aria-label={t('voicemail.download', { number: who })}
        />
        {mayChange && (
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('voicemail.remove', { number: who })}
            onClick={remove}
          />
        )}
      </span>
      {playing && (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said
        <audio
          className="mail-sound"
          src={sound}
          controls
          autoPlay
          aria-label={t('voicemail.sound', { number: who })}
          onPlay={() => isNew && mine && void mark(true)}
        />
      )}
    </li>
  )
}
