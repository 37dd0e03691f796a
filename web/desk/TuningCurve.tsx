import { type Tuning } from '../protocol/lists'
import { figure } from '../ui/format'
import { indicators as words } from '../ui/lists.zh'

const WIDTH = 560
const HEIGHT = 200
const LEFT = 40
const FLOOR = HEIGHT - 28
const TOP = 10
const percent = (share: number) => `${Math.round(share * 100)}%`

/** For every threshold that was judged: the share of false alarms, and of true ones that would still be raised. */
export function TuningCurve({ curve, at, label }: { curve: Tuning['curve']; at: number | undefined; label: string }) {
  const values = curve.map((one) => one.threshold)
  const low = Math.min(...values, at ?? Infinity)
  const high = Math.max(...values, at ?? -Infinity)
  const x = (value: number) => LEFT + (high > low ? ((value - low) / (high - low)) * (WIDTH - LEFT - 12) : (WIDTH - LEFT) / 2)
  const y = (share: number) => FLOOR - share * (FLOOR - TOP)
  const path = (pick: (one: Tuning['curve'][number]) => number) => curve.map((one) => `${x(one.threshold)},${y(pick(one))}`).join(' ')
  return (
    <figure className="tuning-curve" data-testid="tuning-curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${label} ${words.curve}`}>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line className="chart-grid" x1={LEFT} x2={WIDTH} y1={y(share)} y2={y(share)} />
            <text x={LEFT - 6} y={y(share) + 4} textAnchor="end">{percent(share)}</text>
          </g>
        ))}
        {at !== undefined && <line className="tuning-now" x1={x(at)} x2={x(at)} y1={TOP} y2={FLOOR} />}
        {at !== undefined && <text x={Math.min(x(at) + 4, WIDTH - 60)} y={TOP + 10}>{`${words.before} ${figure(at, 4)}`}</text>}
        <polyline className="tuning-false" points={path((one) => one.false_share)} />
        <polyline className="tuning-kept" points={path((one) => one.kept)} />
        {curve.map((one) => (
          <g key={one.threshold}>
            <circle className="dot-false" cx={x(one.threshold)} cy={y(one.false_share)} r="4" />
            <circle className="dot-kept" cx={x(one.threshold)} cy={y(one.kept)} r="4" />
            <title>{`${figure(one.threshold, 4)} · ${words.falseShare} ${percent(one.false_share)} · ${words.kept} ${percent(one.kept)}`}</title>
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 6}>{figure(low, 4)}</text>
        <text x={WIDTH - 4} y={HEIGHT - 6} textAnchor="end">{figure(high, 4)}</text>
      </svg>
    </figure>
  )
}
