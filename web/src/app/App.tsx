import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as AntApp, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import viVN from 'antd/locale/vi_VN'
import { useTranslation } from 'react-i18next'
import { Problem } from '~/api/client'
import { themeOf, useLook } from '~/lib/theme'
import { makeRouter } from './router'

/** Whether asking again may help: not when the server understood and refused. */
function worthRetrying(failures: number, error: unknown): boolean {
  return failures < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 500)
}

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: worthRetrying, refetchOnWindowFocus: false } },
})
const router = makeRouter(queries)

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

export function App() {
  const { i18n } = useTranslation()
  const { dark } = useLook()
  return (
    <ConfigProvider locale={i18n.language === 'vi' ? viVN : enUS} theme={themeOf(dark)}>
      <AntApp className="fill" message={{ maxCount: 3 }}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  )
}
