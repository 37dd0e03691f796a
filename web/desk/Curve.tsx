import { type CurvePoint, type Message } from '../protocol/types'
import { mood } from '../protocol/words'
import { clock } from '../ui/format'
import { desk } from '../ui/messages.zh'

const WIDTH = 300
const HEIGHT = 64

/** The brief's curve, continued by what has been understood since. */
export function curveOf(points: readonly CurvePoint[], messages: readonly Message[]): CurvePoint[] {
  const bySeq = new Map(points.map((point) => [point.seq, point]))
  for (const { seq, at, author, emotion, strength } of messages) {
    if (author !== 'client' || !emotion) continue
    bySeq.set(seq, { at, seq, emotion, strength: strength ?? 0, negative: mood(emotion) === 'negative' })
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/** Above the middle line the client is well, below it not; the distance is the strength. */
export function Curve({ points }: { points: CurvePoint[] }) {
  const step = WIDTH / Math.max(1, points.length - 1)
  const dots = points.map((point, index) => ({ ...point, x: index * step, y: height(point) }))
  const first = points[0]
  const last = points[points.length - 1]
  if (!first || !last) return null
  return (
    <figure className="curve" data-testid="curve">
      <svg viewBox={`-6 -6 ${WIDTH + 12} ${HEIGHT + 12}`} role="img" aria-label={desk.curveFrom(first.emotion, last.emotion)}>
        <line className="chart-grid" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <polyline className="curve-line" points={dots.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
        {dots.map(({ seq, x, y, emotion, strength, at }) => (
          <circle key={seq} className={`curve-${mood(emotion)}`} cx={x} cy={y} r="4">
            <title>{`${clock(at)} ${desk.emotion(emotion, Math.round(strength * 100))}`}</title>
          </circle>
        ))}
      </svg>
      <figcaption>
        <span>{`${clock(first.at)} ${first.emotion}`}</span>
        <span>{`${clock(last.at)} ${last.emotion}`}</span>
      </figcaption>
    </figure>
  )
}

function height({ emotion, strength }: CurvePoint): number {
  const kind = mood(emotion)
  const sign = kind === 'negative' ? 1 : kind === 'positive' ? -1 : 0
  return HEIGHT / 2 + sign * strength * (HEIGHT / 2)
}
