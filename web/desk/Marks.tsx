import { type Level } from '../protocol/types'
import { mood } from '../protocol/words'
import { desk } from '../ui/messages.zh'

/** Level in colour and in words, with its figure. */
export function LevelTag({ level, priority }: { level: Level; priority: number }) {
  return <span className={`level level-${level}`} data-testid="level">{desk.levelOf(desk.level[level], Math.round(priority))}</span>
}

export function EmotionBadge({ emotion, strength }: { emotion: string; strength?: number | null }) {
  const percent = Math.round((strength ?? 0) * 100)
  return (
    <span className={`emotion emotion-${mood(emotion)}`} data-testid="emotion">
      <i style={{ width: `${Math.max(4, percent * 0.28)}px` }} aria-hidden="true" />
      {desk.emotion(emotion, percent)}
    </span>
  )
}
