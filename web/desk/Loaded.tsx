import { Button, Result, Skeleton } from 'antd'
import { type ReactNode } from 'react'
import { clients as words } from '../ui/clients.zh'
import { detailOf } from './ask'

interface Query<T> { data: T | undefined; isError: boolean; error: unknown; refetch: () => unknown }

/** What was read; until then grey lines, and when it failed why, with a way to try again. */
export function Loaded<T>({ query, rows = 4, children }: { query: Query<T>; rows?: number; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (!query.isError) return <Skeleton active title={false} paragraph={{ rows }} aria-label={words.loading} />
  return (
    <Result
      className="small-result"
      status="warning"
      title={detailOf(query.error)}
      extra={<Button size="small" onClick={() => void query.refetch()}>{words.again}</Button>}
    />
  )
}
