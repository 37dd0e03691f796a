/** Texts of the chat page's sheet: looks, reading aloud, WeChat. */

export const sheet = {
  open: '更多设置',
  title: '设置',
  close: '关闭',
  look: '外观',
  looks: { system: '跟随系统', light: '浅色', dark: '深色' } as const,
  speak: '自动朗读新消息',
  on: '开',
  off: '关',
  wechat: '微信',
}

export const bind = {
  lead: '绑定以后，您在公众号里说的和这里说的是同一段对话，不用重复说明。',
  start: '获取绑定码',
  again: '重新获取',
  code: '您的绑定码',
  copy: '复制',
  copied: '已复制',
  steps: ['打开微信，进入我们的公众号', '把绑定码发给公众号', '回到这里，点「确认绑定」'],
  qr: '也可以打开二维码，用微信扫一扫',
  until: (time: string) => `${time} 前有效，只能用一次`,
  waiting: (time: string) => `有一个微信在 ${time} 发来了您的绑定码，是您本人吗？`,
  yes: '确认绑定',
  no: '不是我',
  bound: '已绑定的微信',
  kinds: { official: '公众号', kf: '微信客服' } as Record<string, string>,
  since: (kind: string, time: string) => `${kind}，${time} 绑定`,
  frozen: '（已取消关注）',
  remove: '解除绑定',
  removeAsk: '确定解除绑定吗？解除后，公众号里将看不到您的账户。',
  done: '绑定成功',
  failed: '操作没有成功，请稍后再试。',
}

export const marks = {
  delivered: '已送达',
  read: '已读',
  readAt: (time: string) => `已读 ${time}`,
}
