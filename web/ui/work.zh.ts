/** Texts of the desk for notes, snippets, appointments and channels. */

export const snippets = {
  open: '常用语',
  lead: '输入 / 加简码也可以，例如 /ld',
  none: '没有这样的常用语',
  own: '我的',
  add: '存为我的常用语',
  addTitle: '新增我的常用语',
  key: '简码',
  title: '名称',
  text: '内容',
  needed: '请填写',
  save: '保存',
  remove: (title: string) => `删除「${title}」`,
  hint: '只存在这台电脑上。{name} 代表客户，{advisor} 代表您自己。',
}

export const notes = {
  tab: '备注',
  lead: '给下一位接手的同事看，客户看不到。',
  placeholder: '例如：下午三点后方便接电话',
  save: '保存备注',
  none: '还没有备注',
  by: (name: string, at: string) => `${name} ${at}`,
  failed: '备注没有保存成功',
}

export const appointment = {
  button: '预约',
  title: '为客户预约',
  lead: '客户会立刻收到预约时间，到时会提醒您。',
  topic: '主题',
  slot: '时间',
  slotNeeded: '请选择时间',
  note: '要谈的事',
  none: '这个主题近期没有可约的时间',
  done: '已为客户预约',
  submit: '确认预约',
}

export const channel = {
  quota: '客户的渠道还能发多少',
  fallen: '超出后，消息会留到客户下次说话时一起送达。',
  from: (channel: string) => `来自${channel}`,
  picture: '客户发来的图片',
  openPicture: '点击查看原图',
  pictureGone: '图片打不开了',
  names: { web: 'App', wechat: '公众号', wecom: '微信客服', kf: '微信客服', open: '开放接口' } as Record<string, string>,
}

export const returning = {
  note: '交回说明（客户会看到这段话）',
  hint: 'AI 助手会把这段话说给客户听，请写给客户看，例如：您的赎回我已经登记好，后面有问题可以随时问 AI 助手。',
  needed: '请写一句给客户的交回说明',
}
