import { App, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { desk } from '../ui/messages.zh'
import { type DeskSession } from './session'

interface Fields {
  password: string
  again: string
}

/** Sets one's own password; whoever came by a one-time link has none yet. */
export function Password({ session, onClose }: { session: DeskSession; onClose: () => void }) {
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const [busy, setBusy] = useState(false)
  const save = async ({ password }: Fields) => {
    setBusy(true)
    try {
      await session.setPassword(password)
      void message.success(desk.passwordSaved)
      onClose()
    } catch (error) {
      void message.error((error instanceof Problem && error.detail) || desk.failed)
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title={desk.setPassword}
      okText={desk.confirm}
      cancelText={desk.cancel}
      confirmLoading={busy}
      onCancel={onClose}
      onOk={() => form.submit()}
      width={400}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void save(fields)}>
        <Form.Item name="password" label={desk.newPassword} rules={[{ required: true, message: desk.passwordNeeded }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={desk.passwordAgain}
          dependencies={['password']}
          rules={[
            { required: true, message: desk.passwordNeeded },
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                !value || value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(desk.passwordDiffers)),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
