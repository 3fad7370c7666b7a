import { PhoneFilled } from '@ant-design/icons'
import { callSource } from '~/features/calls/find'
import { contactSource } from '~/features/contacts/find'
import { extensionSource } from '~/features/extensions/find'
import { flowSource } from '~/features/flows/find'
import { greetingSource } from '~/features/greetings/find'
import { groupSource } from '~/features/groups/find'
import { hotlineSource } from '~/features/hotlines/find'
import { personSource } from '~/features/people/find'
import { ticketSource } from '~/features/tickets/find'
import { trunkSource } from '~/features/trunks/find'
import { dialler } from '~/lib/dialling'
import { hasWords, type Source } from '~/lib/find/source'
import { fold, formatPhone } from '~/lib/phone'
import { commandSource } from './commands'
import { sectionsFor } from './menu'

const screenSource: Source = {
  name: 'screens',
  right: 'view_config',
  find: ({ folded, me, t }) =>
    sectionsFor(me)
      .flatMap((section) => section.places)
      .map(({ to, name, icon, key }) => ({
        key: to,
        icon,
        title: t(`menu.${name}`),
        hint: `g ${key}`,
        go: { to },
      }))
      .filter(({ title, hint }) => hasWords(fold(`${title} ${hint}`), folded)),
}

/** What is typed is a number: one's own phone can call it. */
const dialSource: Source = {
  name: 'dial',
  right: 'make_calls',
  find: ({ number, me, t }) => {
    const dial = dialler()
    if (number.length < 2 || !dial) return []
    const title = t('palette.dial', { number: formatPhone(number, me.country) })
    return [{ key: 'dial', icon: <PhoneFilled />, title, run: () => dial(number) }]
  },
}

/** Everything the palette searches, in the order it is shown. A feature adds the source of its own `find` file here. */
export const SOURCES: Source[] = [
  dialSource,
  screenSource,
  contactSource,
  ticketSource,
  extensionSource,
  hotlineSource,
  personSource,
  groupSource,
  flowSource,
  greetingSource,
  trunkSource,
  callSource,
  commandSource,
]
