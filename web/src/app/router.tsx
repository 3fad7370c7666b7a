import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { Problem } from '~/api/client'
import { cleanCalls } from '~/features/calls/filter'
import { cleanContacts } from '~/features/contacts/queries'
import { cleanStatistics } from '~/features/statistics/period'
import { cleanTickets } from '~/features/tickets/queries'
import { cleanMail } from '~/features/voicemail/queries'
import { meQuery } from '~/lib/me'
import { Broken, NotFound } from './Broken'
import { Shell } from './Shell'

// Every address of the console. Screens are loaded when they are first needed.

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Broken,
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { back?: string } =>
    typeof search.back === 'string' && search.back.startsWith('/') && !search.back.startsWith('//')
      ? { back: search.back }
      : {},
  component: lazyRouteComponent(() => import('~/features/session/Login'), 'Login'),
})

const forgotten = createRoute({
  getParentRoute: () => root,
  path: '/forgotten',
  component: lazyRouteComponent(() => import('~/features/session/Forgotten'), 'Forgotten'),
})

const password = createRoute({
  getParentRoute: () => root,
  path: '/password',
  component: lazyRouteComponent(() => import('~/features/session/ChoosePassword'), 'ChoosePassword'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery)
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ to: '/login', search: location.href === '/' ? {} : { back: location.href } })
      }
      throw error
    }
  },
  component: Shell,
  errorComponent: Broken,
})

/** What a list of configuration keeps in its address. */
export interface ListSearch {
  q?: string
  open?: string
}

const listSearch = (search: Record<string, unknown>): ListSearch => ({
  ...(search.q !== undefined && search.q !== '' ? { q: String(search.q) } : {}),
  ...(typeof search.open === 'string' && search.open !== '' ? { open: search.open } : {}),
})

const at = <P extends string>(path: P, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => inside,
    path,
    validateSearch: listSearch,
    component: lazyRouteComponent(load, name),
  })

const screens = [
  createRoute({
    getParentRoute: () => inside,
    path: '/',
    component: lazyRouteComponent(() => import('~/features/home/Home'), 'Home'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/calls',
    validateSearch: cleanCalls,
    component: lazyRouteComponent(() => import('~/features/calls/Calls'), 'Calls'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/calls/$id',
    component: lazyRouteComponent(() => import('~/features/calls/CallPage'), 'CallPage'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/voicemail',
    validateSearch: cleanMail,
    component: lazyRouteComponent(() => import('~/features/voicemail/Voicemail'), 'Voicemail'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/tv',
    component: lazyRouteComponent(() => import('~/features/home/Tv'), 'Tv'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/contacts',
    validateSearch: cleanContacts,
    component: lazyRouteComponent(() => import('~/features/contacts/Contacts'), 'Contacts'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/contacts/$id',
    validateSearch: (search: Record<string, unknown>): { open?: string } =>
      search.open === 'edit' || search.open === 'merge' ? { open: search.open } : {},
    component: lazyRouteComponent(() => import('~/features/contacts/ContactPage'), 'ContactPage'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/contacts/import',
    component: lazyRouteComponent(() => import('~/features/contacts/imports/Imports'), 'Imports'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/contacts/import/$id',
    component: lazyRouteComponent(() => import('~/features/contacts/imports/ImportPage'), 'ImportPage'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/tickets',
    validateSearch: cleanTickets,
    component: lazyRouteComponent(() => import('~/features/tickets/Tickets'), 'Tickets'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/tickets/$id',
    validateSearch: (search: Record<string, unknown>): { open?: string } =>
      search.open === 'edit' ? { open: search.open } : {},
    component: lazyRouteComponent(() => import('~/features/tickets/TicketPage'), 'TicketPage'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/statistics',
    validateSearch: cleanStatistics,
    component: lazyRouteComponent(() => import('~/features/statistics/Statistics'), 'Statistics'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/statistics/queues',
    validateSearch: cleanStatistics,
    component: lazyRouteComponent(() => import('~/features/statistics/Queues'), 'Queues'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/statistics/agents',
    validateSearch: cleanStatistics,
    component: lazyRouteComponent(() => import('~/features/statistics/Agents'), 'Agents'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/statistics/scores',
    validateSearch: cleanStatistics,
    component: lazyRouteComponent(() => import('~/features/statistics/Scores'), 'Scores'),
  }),
  at('/extensions', () => import('~/features/extensions/Extensions'), 'Extensions'),
  at('/hotlines', () => import('~/features/hotlines/Hotlines'), 'Hotlines'),
  at('/groups', () => import('~/features/groups/Groups'), 'Groups'),
  at('/schedules', () => import('~/features/schedules/Schedules'), 'Schedules'),
  at('/callers', () => import('~/features/callers/Callers'), 'Callers'),
  at('/queues', () => import('~/features/queues/Queues'), 'Queues'),
  at('/trunks', () => import('~/features/trunks/Trunks'), 'Trunks'),
  at('/greetings', () => import('~/features/greetings/Greetings'), 'Greetings'),
  at('/broadcasts', () => import('~/features/broadcasts/Broadcasts'), 'Broadcasts'),
  createRoute({
    getParentRoute: () => inside,
    path: '/broadcasts/$id',
    component: lazyRouteComponent(() => import('~/features/broadcasts/BroadcastPage'), 'BroadcastPage'),
  }),
  at('/flows', () => import('~/features/flows/Flows'), 'Flows'),
  createRoute({
    getParentRoute: () => inside,
    path: '/flows/$id',
    component: lazyRouteComponent(() => import('~/features/flows/FlowPage'), 'FlowPage'),
  }),
  at('/support', () => import('~/features/support/Support'), 'Support'),
  at('/requests', () => import('~/features/support/Requests'), 'Requests'),
  createRoute({
    getParentRoute: () => inside,
    path: '/support/$id',
    component: lazyRouteComponent(() => import('~/features/support/Conversation'), 'Conversation'),
  }),
  at('/companies', () => import('~/features/companies/Companies'), 'Companies'),
  at('/recordings', () => import('~/features/recordings/Recordings'), 'Recordings'),
  at('/scores', () => import('~/features/scorecards/Mine'), 'Mine'),
  at('/scorecards', () => import('~/features/scorecards/Scorecards'), 'Scorecards'),
  at('/installation', () => import('~/features/installation/Installation'), 'Installation'),
  at('/network', () => import('~/features/network/Network'), 'Network'),
  at('/departments', () => import('~/features/departments/Departments'), 'Departments'),
  at('/people', () => import('~/features/people/People'), 'People'),
  at('/keys', () => import('~/features/keys/Keys'), 'Keys'),
  at('/webhooks', () => import('~/features/webhooks/Webhooks'), 'Webhooks'),
  createRoute({
    getParentRoute: () => inside,
    path: '/webhooks/$id',
    validateSearch: (search: Record<string, unknown>): { state?: string } =>
      typeof search.state === 'string' && search.state !== '' ? { state: search.state } : {},
    component: lazyRouteComponent(() => import('~/features/webhooks/WebhookPage'), 'WebhookPage'),
  }),
  at('/configuration', () => import('~/features/configuration/Configuration'), 'Configuration'),
  createRoute({
    getParentRoute: () => inside,
    path: '/company',
    component: lazyRouteComponent(() => import('~/features/company/Company'), 'Company'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/apps',
    component: lazyRouteComponent(() => import('~/features/apps/Apps'), 'Apps'),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: '/me',
    component: lazyRouteComponent(() => import('~/features/session/Profile'), 'Profile'),
  }),
] as const

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([login, forgotten, password, inside.addChildren(screens)]),
    context: { queries },
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}
