import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { common, desk } from '../ui/messages.zh'
import { type DeskSession } from './session'

interface Fields {
  name: string
  password: string
}

export function SignIn({ session }: { session: DeskSession }) {
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async ({ name, password }: Fields) => {
    setBusy(true)
    setError('')
    try {
      await session.signIn(name.trim(), password)
    } catch (problem) {
      setError(reason(problem))
      setBusy(false)
    }
  }
  return (
    <main className="sign-in">
      <section className="sign-in-lead">
        <span className="brand-mark" aria-hidden="true">{common.brand.slice(0, 1)}</span>
        <h1>{common.brand}</h1>
        <p>{desk.signInLead}</p>
      </section>
      <section className="sign-in-form">
        <h2>{desk.name}</h2>
        <Form<Fields> layout="vertical" size="large" requiredMark={false} onFinish={(fields) => void submit(fields)}>
          <Form.Item name="name" label={desk.account} rules={[{ required: true, message: desk.accountNeeded }]}>
            <Input autoComplete="username" autoFocus />
          </Form.Item>
          <Form.Item name="password" label={desk.password} rules={[{ required: true, message: desk.passwordNeeded }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          {error && <Alert type="error" showIcon title={error} role="alert" className="sign-in-error" />}
          <Button type="primary" htmlType="submit" block loading={busy}>{desk.signIn}</Button>
        </Form>
      </section>
    </main>
  )
}

function reason(problem: unknown): string {
  if (!(problem instanceof Problem) || problem.status === 0 || problem.status >= 500) return desk.unreachable
  if (problem.detail) return problem.detail
  return problem.status === 429 ? desk.signInBusy : desk.signInFailed
}
