import { App as AntApp, ConfigProvider, Result, Spin, theme as antTheme } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import { useEffect, useSyncExternalStore } from 'react'
import { desk } from '../ui/messages.zh'
import { Desk } from './Desk'
import { useMedia, useStored } from './hooks'
import { type DeskSession } from './session'
import { SignIn } from './SignIn'

export type Look = 'system' | 'light' | 'dark'

const FONT = "-apple-system, BlinkMacSystemFont, 'PingFang SC', 'HarmonyOS Sans SC', 'MiSans', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"

export function App({ session }: { session: DeskSession }) {
  const state = useSyncExternalStore(session.store.watch, session.store.read)
  const [look, setLook] = useStored<Look>('desk.look', 'system')
  const systemDark = useMedia('(prefers-color-scheme: dark)')
  const still = useMedia('(prefers-reduced-motion: reduce)')
  const dark = look === 'dark' || (look === 'system' && systemDark)

  useEffect(() => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  }, [dark])

  return (
    <ConfigProvider
      locale={zhCN}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: dark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
        token: {
          colorPrimary: dark ? '#338b91' : '#0b5c63',
          colorInfo: dark ? '#6cc5c9' : '#0b5c63',
          colorLink: dark ? '#6cc5c9' : '#0b5c63',
          colorError: dark ? '#ff8a82' : '#b3261e',
          ...(dark && { colorBgContainer: '#172124', colorBgElevated: '#1e2a2e', colorBgLayout: '#0f1719', colorBorder: '#3a4a50' }),
          borderRadius: 8,
          fontFamily: FONT,
          motion: !still,
          colorTextPlaceholder: dark ? '#93a3aa' : '#5a6971',
        },
        components: {
          Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
          ...(dark && { Tabs: { itemSelectedColor: '#6cc5c9', inkBarColor: '#6cc5c9' } }),
        },
      }}
    >
      <AntApp message={{ maxCount: 3 }}>
        {state.phase === 'loading' && <Spin className="middle" aria-label={desk.name} size="large" />}
        {state.phase === 'failed' && <Result className="middle" status="warning" title={desk.unreachable} />}
        {state.phase === 'signed-out' && <SignIn session={session} />}
        {state.phase === 'ready' && <Desk session={session} state={state} look={look} onLook={setLook} dark={dark} />}
      </AntApp>
    </ConfigProvider>
  )
}
