import {
  AppstoreOutlined,
  BulbOutlined,
  FlagOutlined,
  GlobalOutlined,
  LogoutOutlined,
  PlusOutlined,
  ReadOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { type Entry, hasWords, type Source } from '~/lib/find/source'
import { speak } from '~/lib/i18n'
import { may, type Right } from '~/lib/me'
import { fold } from '~/lib/phone'
import { write } from '~/lib/stored'
import type { Look } from '~/lib/theme'
import { leave } from './leave'

/** Lists where something new can be made, and the right it takes. */
const MAKES: [list: string, right: Right][] = [
  ['extensions', 'edit_config'],
  ['groups', 'edit_config'],
  ['hotlines', 'edit_config'],
  ['queues', 'edit_config'],
  ['broadcasts', 'edit_config'],
  ['schedules', 'edit_config'],
  ['callers', 'edit_config'],
  ['flows', 'edit_config'],
  ['greetings', 'edit_config'],
  ['trunks', 'edit_config'],
  ['people', 'manage_users'],
  ['departments', 'manage_users'],
  ['keys', 'manage_users'],
  ['webhooks', 'manage_webhooks'],
]
const LOOKS: Look[] = ['light', 'dark', 'system']

/** What can be done from anywhere, without knowing where its button is. */
export const commandSource: Source = {
  name: 'commands',
  right: 'view_config',
  find: ({ folded, me, t, queries }) => {
    const makes = MAKES.filter(([, right]) => may(me, right)).map(
      ([list]): Entry => ({
        key: `new-${list}`,
        icon: <PlusOutlined />,
        title: t(`${list}.add`),
        hint: t(`menu.${list}`),
        go: { to: `/${list}`, search: { open: 'new' } },
      }),
    )
    const looks = LOOKS.map(
      (look): Entry => ({
        key: `look-${look}`,
        icon: <BulbOutlined />,
        title: t('palette.look', { look: t(`look.${look}`) }),
        run: () => write('look', look),
      }),
    )
    const rest: Entry[] = [
      { key: 'me', icon: <UserOutlined />, title: t('person.profile'), go: { to: '/me' } },
      { key: 'apps', icon: <AppstoreOutlined />, title: t('apps.title'), go: { to: '/apps' } },
      {
        key: 'steps',
        icon: <FlagOutlined />,
        title: t('help.steps'),
        run: () => write(`steps.${me.company_id}`, false),
        go: { to: '/' },
      },
      { key: 'docs', icon: <ReadOutlined />, title: t('help.api'), run: () => location.assign('/docs') },
      { key: 'vi', icon: <GlobalOutlined />, title: 'Tiếng Việt', run: () => void speak('vi') },
      { key: 'en', icon: <GlobalOutlined />, title: 'English', run: () => void speak('en') },
      {
        key: 'leave',
        icon: <LogoutOutlined />,
        title: t('person.leave'),
        run: () => void leave(queries, async () => location.assign('/login')),
      },
    ]
    return [...makes, ...looks, ...rest].filter(({ title, hint = '' }) =>
      hasWords(fold(`${title} ${hint}`), folded),
    )
  },
}
