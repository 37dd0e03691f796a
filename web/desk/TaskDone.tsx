import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { tasks as words } from '../ui/clients.zh'
import { useAttempt } from './ask'
import { type DeskSession } from './session'
import { useUndo } from './undo'

/** Ends a task; for a few seconds it can be taken back, only then the server is told. */
export function TaskDone({ session, taskKey }: { session: DeskSession; taskKey: string }) {
  const { message } = App.useApp()
  const client = useQueryClient()
  const { attempt } = useAttempt()
  const { pending, ask, undo } = useUndo<string>((key) =>
    attempt(async () => {
      await session.ask('/api/desk/tasks/done', { key })
      void message.success(words.doneToast)
      await client.invalidateQueries({ queryKey: ['read'] })
    }),
  )
  return pending ? <Button size="small" type="link" onClick={undo}>{words.undo}</Button> : <Button size="small" onClick={() => ask(taskKey)}>{words.done}</Button>
}
