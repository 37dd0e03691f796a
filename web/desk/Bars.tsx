interface Bar {
  key: string
  name: string
  value: number
  words: string
}

const ROW = 26
const NAME = 150
const WIDTH = 720
const WORDS = 90

/** Horizontal bars, the figure in words behind each: read by eye and by screen readers alike. */
export function Bars({ label, bars }: { label: string; bars: Bar[] }) {
  const most = Math.max(...bars.map(({ value }) => value), 0) || 1
  return (
    <svg className="bars" viewBox={`0 0 ${WIDTH} ${bars.length * ROW}`} role="img" aria-label={`${label} ${bars.map(({ name, words }) => `${name} ${words}`).join(' ')}`}>
      {bars.map(({ key, name, value, words }, index) => {
        const length = (value / most) * (WIDTH - NAME - WORDS)
        const middle = index * ROW + ROW / 2
        return (
          <g key={key}>
            <text x={NAME - 10} y={middle} textAnchor="end" dominantBaseline="central">{name}</text>
            <rect x={NAME} y={middle - 7} width={value ? Math.max(2, length) : 0} height={14} rx={3} />
            <text x={NAME + length + 8} y={middle} dominantBaseline="central" className="bars-words">{words}</text>
          </g>
        )
      })}
    </svg>
  )
}
