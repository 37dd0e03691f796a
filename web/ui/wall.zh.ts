/** Texts of the supervisor's charts and alerts. */

export const charts = {
  label: '趋势图',
  unit: { day: '按天', week: '按周' } as const,
  unitLabel: '时间单位',
  weekOf: (day: string) => `${day} 起`,
  weekNote: '按周的比例和时长由每天的数字按会话数加权。',
  volume: '会话量',
  served: '已服务',
  abandoned: '放弃',
  left: '留言或预约',
  times: '等待与响应',
  waitHalf: '等待（中位）',
  waitMost: '等待（九成以内）',
  response: '首次响应',
  quality: '服务质量',
  inTime: '3 分钟内应答',
  content: '满意度',
  abandonment: '放弃率',
  estimate: '预计等待的误差',
  none: '无',
  loading: '正在画图',
}

export const alerts = {
  title: '服务时限提醒',
  none: '目前没有超出时限的客户',
  seen: '已知悉',
  open: '查看会话',
  late: (due: string) => `应在 ${due} 前`,
  arrived: (name: string, words: string) => `${name}：${words}`,
  promise: { answer: '应答超时', resolve: '处理超时', alert: '预警未接' } as Record<string, string>,
  other: '超时',
}

export const matching = {
  title: '匹配规则',
  lead: '谁能接、先派给谁、等久了放宽什么。改动先预览再保存，保存后立即生效。',
  text: '匹配规则文件',
  previewTitle: '按这组规则，今天会派给…',
  previewLead: '用今天每一单派单时的在岗情况重算，不影响正在进行的服务。',
  columns: { client: '客户', topic: '主题', before: '现行', after: '新规则', why: '新规则下的原因' },
  nobody: '无人可派',
  changed: (count: number, all: number) => `${all} 单中有 ${count} 单会有变化`,
  same: '不变',
}
