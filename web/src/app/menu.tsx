import {
  ApartmentOutlined,
  ApiOutlined,
  AudioOutlined,
  BankOutlined,
  BarChartOutlined,
  CheckSquareOutlined,
  ClockCircleOutlined,
  CloudServerOutlined,
  ClusterOutlined,
  ContactsOutlined,
  CustomerServiceOutlined,
  FileTextOutlined,
  GlobalOutlined,
  HomeOutlined,
  KeyOutlined,
  MailOutlined,
  MessageOutlined,
  NodeIndexOutlined,
  NotificationOutlined,
  PartitionOutlined,
  PhoneOutlined,
  ProfileOutlined,
  SoundOutlined,
  StopOutlined,
  SwapOutlined,
  TeamOutlined,
  UnorderedListOutlined,
  WifiOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import { type Me, may, type Right } from '~/lib/me'

// What stands in the menu and the command palette, and the right each screen needs: the same that its API asks for.

export interface Place {
  to: string
  name: string
  icon: ReactNode
  right: Right
  /** Who has this right needs no such screen. */
  not?: Right
  /** The key that leads there after `g`. */
  key: string
}

export interface Section {
  name: string
  places: Place[]
}

const SECTIONS: Section[] = [
  {
    name: '',
    places: [
      { to: '/', name: 'home', icon: <HomeOutlined />, right: 'view_config', key: 'h' },
      { to: '/calls', name: 'calls', icon: <UnorderedListOutlined />, right: 'make_calls', key: 'c' },
      { to: '/voicemail', name: 'voicemail', icon: <MailOutlined />, right: 'make_calls', key: 'v' },
      { to: '/contacts', name: 'contacts', icon: <ContactsOutlined />, right: 'view_contacts', key: 'n' },
      {
        to: '/scores',
        name: 'scores',
        icon: <CheckSquareOutlined />,
        right: 'make_calls',
        not: 'view_calls',
        key: 'x',
      },
      { to: '/tickets', name: 'tickets', icon: <ProfileOutlined />, right: 'view_contacts', key: 'y' },
      { to: '/statistics', name: 'statistics', icon: <BarChartOutlined />, right: 'view_calls', key: 's' },
    ],
  },
  {
    name: 'exchange',
    places: [
      { to: '/extensions', name: 'extensions', icon: <PhoneOutlined />, right: 'view_config', key: 'e' },
      { to: '/groups', name: 'groups', icon: <ClusterOutlined />, right: 'view_config', key: 'r' },
      { to: '/queues', name: 'queues', icon: <CustomerServiceOutlined />, right: 'view_config', key: 'q' },
      { to: '/hotlines', name: 'hotlines', icon: <SwapOutlined />, right: 'view_config', key: 'l' },
      {
        to: '/schedules',
        name: 'schedules',
        icon: <ClockCircleOutlined />,
        right: 'view_config',
        key: 'd',
      },
      { to: '/callers', name: 'callers', icon: <StopOutlined />, right: 'view_config', key: 'b' },
      { to: '/flows', name: 'flows', icon: <ApartmentOutlined />, right: 'view_config', key: 'f' },
      { to: '/greetings', name: 'greetings', icon: <SoundOutlined />, right: 'view_config', key: 'm' },
      {
        to: '/broadcasts',
        name: 'broadcasts',
        icon: <NotificationOutlined />,
        right: 'view_calls',
        key: 'a',
      },
      { to: '/trunks', name: 'trunks', icon: <NodeIndexOutlined />, right: 'view_config', key: 't' },
      { to: '/network', name: 'network', icon: <WifiOutlined />, right: 'edit_config', key: 'z' },
    ],
  },
  {
    name: 'admin',
    places: [
      { to: '/people', name: 'people', icon: <TeamOutlined />, right: 'manage_users', key: 'p' },
      {
        to: '/departments',
        name: 'departments',
        icon: <PartitionOutlined />,
        right: 'manage_users',
        key: 'j',
      },
      {
        to: '/recordings',
        name: 'recordings',
        icon: <AudioOutlined />,
        right: 'edit_config',
        key: '1',
      },
      {
        to: '/scorecards',
        name: 'scorecards',
        icon: <CheckSquareOutlined />,
        right: 'supervise',
        key: '2',
      },
      { to: '/company', name: 'company', icon: <BankOutlined />, right: 'edit_config', key: 'o' },
      {
        to: '/configuration',
        name: 'configuration',
        icon: <FileTextOutlined />,
        right: 'manage_users',
        key: '3',
      },
      { to: '/keys', name: 'keys', icon: <KeyOutlined />, right: 'manage_users', key: 'k' },
      { to: '/webhooks', name: 'webhooks', icon: <ApiOutlined />, right: 'manage_webhooks', key: 'w' },
      {
        to: '/support',
        name: 'support',
        icon: <MessageOutlined />,
        right: 'edit_config',
        not: 'operate_server',
        key: 'u',
      },
    ],
  },
  {
    name: 'operator',
    places: [
      { to: '/companies', name: 'companies', icon: <GlobalOutlined />, right: 'operate_server', key: 'i' },
      {
        to: '/installation',
        name: 'installation',
        icon: <CloudServerOutlined />,
        right: 'operate_server',
        key: '4',
      },
      { to: '/requests', name: 'requests', icon: <MessageOutlined />, right: 'operate_server', key: 'u' },
    ],
  },
]

/** The sections this person may use. */
export function sectionsFor(me: Me): Section[] {
  const mine = SECTIONS.map((section) => ({
    ...section,
    places: section.places.filter(({ right, not }) => may(me, right) && !(not && may(me, not))),
  }))
  return mine.filter(({ places }) => places.length > 0)
}
