import { WechatOutlined } from '@ant-design/icons'
import { Tooltip } from 'antd'
import { type ChannelState } from '../protocol/channel'
import { punctuated } from '../ui/format'
import { channel } from '../ui/work.zh'

/** What the client's channel still lets us send: the platform counts, not we. */
export function ChannelChip({ state }: { state: ChannelState | null | undefined }) {
  if (!state) return null
  const look = state.left === 0 ? 'chip chip-out' : state.left <= 1 ? 'chip chip-low' : 'chip'
  return (
    <Tooltip title={channel.fallen}>
      <span className={look} data-testid="channel" role="status" aria-label={`${channel.quota} ${state.words}`}>
        <WechatOutlined aria-hidden="true" />
        {punctuated(state.words)}
      </span>
    </Tooltip>
  )
}
