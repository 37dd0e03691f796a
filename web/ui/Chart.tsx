import { type Chart as ChartData } from '../protocol/types'
import { colour, dots, range, slices, values } from './chart'
import { figure } from './format'
import { common } from './messages.zh'

const WIDTH = 280
const HEIGHT = 96

/** A small drawing of a card's figures, with its content in words for those who cannot see it. */
export function Chart({ chart, title }: { chart: ChartData; title: string }) {
  if (values(chart.series).length === 0) return null
  return (
    <figure className="chart" data-testid="chart" data-kind={chart.kind}>
      {chart.kind === 'line' && <Line chart={chart} />}
      {chart.kind === 'bar' && <Bars chart={chart} />}
      {chart.kind === 'donut' && <Donut chart={chart} title={title} />}
      {chart.kind !== 'donut' && chart.series.length > 1 && <Legend names={chart.series.map((one) => one.name)} />}
    </figure>
  )
}

function inWords({ series, unit }: ChartData): string {
  const spoken = series.map((one) => {
    const first = one.points[0]
    const last = one.points[one.points.length - 1]
    if (!first || !last) return one.name
    return common.chart(one.name, `${first[0]} ${first[1]}${unit ?? ''}`, `${last[0]} ${last[1]}${unit ?? ''}`)
  })
  return common.listOf(spoken)
}

function Line({ chart }: { chart: ChartData }) {
  const [low, high] = range(values(chart.series), false)
  const lines = chart.series.map((one) => dots(one, [low, high], WIDTH, HEIGHT))
  const first = lines[0]?.[0]
  const last = lines[0]?.[lines[0].length - 1]
  const all = values(chart.series)
  return (
    <div className="chart-plot">
      <Scale top={Math.max(...all)} bottom={Math.min(...all)} unit={chart.unit} />
      <svg viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`} role="img" aria-label={inWords(chart)} preserveAspectRatio="none">
        {[0, 0.5, 1].map((at) => (
          <line key={at} className="chart-grid" x1="0" x2={WIDTH} y1={HEIGHT * at} y2={HEIGHT * at} />
        ))}
        {lines.map((line, index) => (
          <polyline
            key={chart.series[index]?.name ?? index}
            className="chart-line"
            stroke={colour(index)}
            points={line.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}
          />
        ))}
      </svg>
      <div className="chart-ends" aria-hidden="true">
        <span>{first?.label}</span>
        <span>{last?.label}</span>
      </div>
    </div>
  )
}

function Scale({ top, bottom, unit }: { top: number; bottom: number; unit?: string | null }) {
  return (
    <div className="chart-scale" aria-hidden="true">
      <span>{figure(top, 4)}{unit}</span>
      <span>{figure(bottom, 4)}{unit}</span>
    </div>
  )
}

function Bars({ chart }: { chart: ChartData }) {
  const [low, high] = range(values(chart.series), true)
  const groups = chart.series[0]?.points.length ?? 0
  const slot = WIDTH / Math.max(1, groups)
  const width = Math.min(28, (slot * 0.64) / chart.series.length)
  const zero = HEIGHT - ((0 - low) / (high - low)) * HEIGHT
  const alone = chart.series.length === 1
  return (
    <>
      <svg viewBox={`0 -12 ${WIDTH} ${HEIGHT + 24}`} role="img" aria-label={inWords(chart)}>
        <line className="chart-grid" x1="0" x2={WIDTH} y1={zero} y2={zero} />
        {chart.series.map((one, which) =>
          one.points.map(([x, y], index) => {
            const value = Number(y)
            const top = HEIGHT - ((Math.max(value, 0) - low) / (high - low)) * HEIGHT
            const tall = (Math.abs(value) / (high - low)) * HEIGHT
            const left = index * slot + (slot - width * chart.series.length) / 2 + which * width
            const fill = alone && low < 0 ? (value < 0 ? 'var(--down)' : 'var(--up)') : colour(which)
            return (
              <g key={`${one.name}${x}`}>
                <rect x={left} y={top} width={Math.max(1, width - 2)} height={Math.max(1, tall)} rx="2" fill={fill} />
                {groups <= 6 && (
                  <text className="chart-value" x={left + width / 2 - 1} y={value < 0 ? top + tall + 10 : top - 3}>
                    {figure(value, 2)}
                  </text>
                )}
              </g>
            )
          }),
        )}
      </svg>
      <div className="chart-ends chart-categories" aria-hidden="true">
        {groups <= 6
          ? chart.series[0]?.points.map(([x]) => <span key={x}>{x}</span>)
          : [chart.series[0]?.points[0], chart.series[0]?.points[groups - 1]].map((p) => <span key={p?.[0]}>{p?.[0]}</span>)}
      </div>
    </>
  )
}

function Donut({ chart, title }: { chart: ChartData; title: string }) {
  const pieces = slices(chart, 44, 28)
  const parts = pieces.map(({ name, share }) => common.share(name, `${(share * 100).toFixed(1)}%`))
  return (
    <div className="chart-donut">
      <svg viewBox="0 0 88 88" role="img" aria-label={common.chartOf(title, common.listOf(parts))}>
        {pieces.map(({ name, path }, index) => (
          <path key={name} d={path} fill={colour(index)} />
        ))}
      </svg>
      <ul aria-hidden="true">
        {pieces.map(({ name, share }, index) => (
          <li key={name}>
            <i style={{ background: colour(index) }} />
            <span>{name}</span>
            <b>{(share * 100).toFixed(1)}%</b>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Legend({ names }: { names: string[] }) {
  return (
    <ul className="chart-legend" aria-hidden="true">
      {names.map((name, index) => (
        <li key={name}>
          <i style={{ background: colour(index) }} />
          {name}
        </li>
      ))}
    </ul>
  )
}
