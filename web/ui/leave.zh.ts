/** Texts of the client's ways out of the queue and of his appointments. */

export const leaving = {
  lead: '不想等？您也可以：',
  ways: { message: '留言', callback: '请回电', appointment: '预约专家' } as const,
  messageHint: '请写下您的问题，同事会尽快回复您',
  callbackHint: '方便接听的时间或要说明的事（选填）',
  send: '提交',
  back: '返回',
  choose: '请选择时间',
  loading: '正在查询可约的时间',
  noSlots: '暂时没有可以预约的时间，您可以留言或请我们回电。',
  slot: (when: string, who: string) => `${when} ${who}`,
  booked: (when: string, who: string) => `已预约 ${when} ${who}`,
  calendar: '加入日历',
  cancel: '取消预约',
  cancelAsk: '确定取消这次预约吗？',
}
