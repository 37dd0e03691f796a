import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use as register, type ComposeOption, type EChartsType } from 'echarts/core'
import { type BarSeriesOption, type LineSeriesOption } from 'echarts/charts'
import { type GridComponentOption, type LegendComponentOption, type TooltipComponentOption } from 'echarts/components'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { type ChartOf } from './chartData'

register([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer])

type Option = ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption>

/** Drawn with the colours of the page; drawn again when they or the room change. */
export default function MeasureCharts({ charts, dark }: { charts: ChartOf[]; dark: boolean }) {
  return (
    <div className="charts">
      {charts.map((chart) => (
        <figure key={chart.title} className="chart-box">
          <figcaption>{chart.title}</figcaption>
          <Drawn chart={chart} dark={dark} />
        </figure>
      ))}
    </div>
  )
}

function Drawn({ chart, dark }: { chart: ChartOf; dark: boolean }) {
  const box = useRef<HTMLDivElement>(null)
  const drawn = useRef<EChartsType | null>(null)
  useEffect(() => {
    if (!box.current) return
    const made = init(box.current, null, { renderer: 'svg' })
    drawn.current = made
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(box.current)
    return () => {
      observer.disconnect()
      made.dispose()
      drawn.current = null
    }
  }, [])
  useEffect(() => {
    drawn.current?.setOption(optionOf(chart), { notMerge: true })
  }, [chart, dark])
  return <div ref={box} className="chart-canvas" data-testid="echart" role="img" aria-label={chart.label} />
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function optionOf({ categories, series, percent, told }: ChartOf): Option {
  const ink = colour('--ink-2')
  const line = colour('--line')
  const moving = !matchMedia('(prefers-reduced-motion: reduce)').matches
  return {
    animation: moving,
    color: [colour('--chart-1'), colour('--chart-2'), colour('--chart-3')],
    textStyle: { color: ink, fontFamily: colour('--font') },
    grid: { left: 8, right: 16, top: series.length > 1 ? 36 : 16, bottom: 4, containLabel: true },
    ...(series.length > 1 && { legend: { top: 0, left: 0, textStyle: { color: ink }, itemHeight: 10 } }),
    tooltip: {
      trigger: 'axis', confine: true, backgroundColor: colour('--surface'), borderColor: line, textStyle: { color: colour('--ink') },
      valueFormatter: (value) => (typeof value === 'number' ? told(value) : ''),
    },
    xAxis: { type: 'category', data: categories, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: ink } },
    yAxis: { type: 'value', ...(percent && { max: 1 }), splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink, formatter: (value: number) => told(value) } },
    series: series.map(({ name, values, kind, stack }) =>
      kind === 'bar'
        ? { type: 'bar', name, data: values, stack, barMaxWidth: 36, itemStyle: { borderRadius: stack ? 0 : [4, 4, 0, 0] } }
        : { type: 'line', name, data: values, smooth: 0.2, symbolSize: 7, connectNulls: true },
    ),
  }
}
