import { useQuery } from '@tanstack/react-query'
import { App } from 'antd'
import { useTranslation } from 'react-i18next'
import { extensionsQuery } from '~/api/lists'
import { type LiveCall, stageOf } from '~/lib/live/board'
import { useMay, useMe } from '~/lib/me'
import { problemText } from '~/lib/problem'
import { hangUp, letGo, supervise, takeOver, type Way, wayOf } from '~/lib/supervising'

/** What a supervisor may do with a call, and how they take part in it now. */
export function useSupervising(call: LiveCall) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const [maySupervise, mayEnd] = [useMay('supervise'), useMay('make_calls')]
  const person = useMe().user_id
  const own = useQuery({ ...extensionsQuery, enabled: maySupervise }).data?.find(
    (one) => person && one.user === person && one.enabled,
  )
  const way = wayOf(call, own?.number)
  const stage = stageOf(call)
  const run = (work: Promise<unknown>, done?: string) =>
    work.then(
      () => done && void message.success(done),
      (error) => void message.error(problemText(error, t)),
    )
  /** Why one cannot take part; empty when one can. */
  const hindrance = !own
    ? t('supervise.noPhone')
    : stage !== 'talking' && stage !== 'held'
      ? t('supervise.notTalking')
      : call.extensions.includes(own.number)
        ? t('supervise.ownCall')
        : ''
  return {
    maySupervise,
    mayEnd,
    way,
    hindrance,
    take: (next: Way) =>
      void run(supervise(call.id, next, way !== null), way ? undefined : t('supervise.rings')),
    letGo: () => void run(letGo(call.id)),
    takeOver: () =>
      modal.confirm({
        title: t('supervise.takeOverAsk'),
        content: t('supervise.takeOverEffect'),
        okText: t('supervise.takeOver'),
        onOk: () => run(takeOver(call.id)),
      }),
    hangUp: () =>
      modal.confirm({
        title: t('board.endAsk'),
        content: t('board.endEffect'),
        okText: t('board.end'),
        okButtonProps: { danger: true },
        onOk: () => run(hangUp(call.id)),
      }),
  }
}
