/** Texts of the pages about clients: list, page of one, lists to be exported, news. */

export const clients = {
  tab: '客户',
  title: '我的客户',
  titleAll: '全部客户',
  search: '姓名、编号、层级',
  whole: '查看客户全貌',
  none: '还没有客户数据',
  noneText: '客户来聊过或每晚盘点之后，会出现在这里。',
  noMatch: '没有符合的客户',
  again: '重试',
  loading: '正在读取',
  pick: '选择一位客户',
  pickText: '有预警和可能流失的客户排在前面。按 j / k 上下移动。',
  alerts: (count: number) => `预警 ${count}`,
  level: { low: '低', medium: '中', high: '高' } as const,
  leaving: (level: string) => `流失风险${level}`,
  back: '返回客户列表',
  spoke: (time: string) => `最近来聊 ${time}`,
  neverSpoke: '还没来聊过',
  age: (age: number) => `${age} 岁`,
  own: (name: string) => `专属顾问 ${name}`,
  whole_page: '客户全貌',
}

export const line = {
  title: '时间线',
  none: '近 90 天没有记录',
  missing: '交易系统暂时没有应答，这里缺少订单。',
  all: '全部',
  kind: { talk: '对话', order: '交易', event: '大事', alert: '预警', handoff: '人工', outreach: '主动联系' } as const,
  show: '只看',
}

export const leaving = {
  title: '流失预测',
  none: '流失风险在平常范围内',
  lead: '今后 14 到 44 天离开的可能性',
  hidden: '您的岗位不显示流失预测。',
  reasons: '主要原因',
  adds: (value: number) => (value >= 0 ? `+${value.toFixed(2)}` : value.toFixed(2)),
  action: (text: string) => `建议：${text}`,
}

export const acts = {
  title: '预警处置',
  none: '还没有处置记录',
  before: '处置前',
  during: '处置中',
  after: '处置后',
  total: (amount: string) => `总资产 ${amount} 元`,
  orders: (count: number) => `近期订单 ${count} 笔`,
  step: { hold: '暂缓订单', ask: '询问客户', handoff: '转人工', note: '行情说明', task: '交专属顾问' } as const,
  asked: (words: string) => `「${words}」`,
  inTime: (seconds: string) => `${seconds}内转出`,
  late: (seconds: string) => `用了 ${seconds}，超出 5 分钟`,
  waiting: '等待客户或同事处理的结果',
  state: { due: '正在处置', done: '已处置', failed: '处置没有成功，请人工跟进' } as const,
  outcome: { handled: '已处理', false_alarm: '误报' } as const,
  noteOf: (note: string) => `备注：${note}`,
}

export const outreach = {
  title: '主动联系',
  none: '没有主动发出的消息',
  waiting: (time: string) => `待发送，最早 ${time}`,
  sent: (time: string) => `${time} 已发送`,
  dropped: '未发送',
  why: {
    opted_out: '客户要求停止推送', stale: '已过时机', cap: '近期已联系过', with_a_person: '正由同事服务', mood: '客户心情不好，先由人关心',
    quiet_hours: '等待合适时间',
  } as Record<string, string>,
}

export const tasks = {
  title: '待办任务',
  lead: '系统根据预警和客户需要派给专属顾问的工作。',
  none: '没有待办任务',
  due: (time: string) => `${time} 前`,
  late: '已过期',
  done: '完成',
  doneToast: '已完成',
  undo: '撤销',
  columns: { due: '期限', what: '任务', advisor: '同事', act: '操作' },
  open: '查看客户',
}

export const growth = {
  title: '成长档案',
  none: '还没有里程碑',
  next: (day: string, years: number) => `${day} 满 ${years} 周年，可以回顾`,
  review: '周年回顾',
}

export const news = {
  tab: '资讯影响',
  title: '外部资讯与受影响的客户',
  lead: '政策、行情、基金公告与利率变化，按持仓匹配到客户。',
  ofClient: '相关资讯',
  none: '近 14 天没有影响到客户的资讯',
  kind: { policy: '政策', market: '行情', fund: '基金', rate: '利率' } as Record<string, string>,
  effect: { bad: '偏不利', good: '偏有利', unclear: '影响不明' } as Record<string, string>,
  clients: (count: number) => `影响 ${count} 位`,
  told: (count: number) => `已告知 ${count}`,
  taskCount: (count: number) => `任务 ${count}`,
  columns: { client: '客户', share: '占持仓', why: '原因', say: '可以这样说', push: '告知' },
  push: { none: '不主动告知', waiting: '待发送', sent: '已发送', dropped: '未发送' } as Record<string, string>,
  nobody: '没有受影响的客户',
  share: (percent: string) => `占持仓 ${percent}`,
}
