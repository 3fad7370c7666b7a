import { useNavigate } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLook } from '~/lib/theme'
import { dayIso, dayShort, hourOf, monthOf } from '~/lib/time'
import { callsOf } from './links'
import type { By, Days, StatisticsSearch } from './period'
import type { Figures, Statistics } from './queries'

use([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

const SHAPES = ['outcome', 'direction', 'talk'] as const
type Shape = (typeof SHAPES)[number]

interface Props {
  data: Statistics
  days: Days
  search: StatisticsSearch
}

/** Columns over time; a column opens its calls. */
export default function OverTime({ data, days, search }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { dark } = useLook()
  const [shape, setShape] = useState<Shape>('outcome')
  const frame = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  useEffect(() => {
    if (!frame.current) return
    const made = init(frame.current, undefined, { renderer: 'svg' })
    chart.current = made
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(frame.current)
    return () => {
      watch.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours follow the look
  useEffect(() => {
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string) => style.getPropertyValue(name).trim()
    const quiet = colour('--muted')
    chart.current?.setOption(
      {
        animation: false,
        aria: { enabled: false },
        textStyle: { fontFamily: '"Be Vietnam Pro", sans-serif' },
        grid: { left: 8, right: 8, top: 40, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, textStyle: { color: colour('--ink') }, icon: 'roundRect', itemGap: 20 },
        tooltip: {
          trigger: 'axis',
          axisPointer: { type: 'shadow' },
          backgroundColor: colour('--card'),
          borderColor: colour('--line'),
          textStyle: { color: colour('--ink') },
        },
        xAxis: {
          type: 'category',
          data: data.steps.map((step) => nameOf(step.from, days.by)),
          axisLabel: { color: quiet },
          axisLine: { lineStyle: { color: colour('--line') } },
          axisTick: { show: false },
        },
        yAxis: {
          type: 'value',
          minInterval: shape === 'talk' ? 0 : 1,
          axisLabel: { color: quiet },
          splitLine: { lineStyle: { color: colour('--line') } },
        },
        series: series(shape, data, colour).map(({ key, tint, values }) => ({
          type: 'bar',
          stack: 'all',
          name: t(`statistics.series_${key}`),
          data: values,
          barMaxWidth: 34,
          itemStyle: { color: tint },
          cursor: 'pointer',
        })),
      },
      { notMerge: true },
    )
  }, [data, days.by, shape, t, dark])
  useEffect(() => {
    const open = ({ dataIndex }: { dataIndex: number }) => {
      const step = data.steps[dataIndex]
      if (!step) return
      const range = { from: dayIso(step.from), to: dayIso(step.to - 1) }
      void navigate({ to: '/calls', search: callsOf(days, search, range) })
    }
    const made = chart.current
    made?.on('click', open as never)
    return () => {
      made?.off('click', open as never)
    }
  }, [data, days, search, navigate])
  return (
    <>
      <div className="row">
        <Segmented
          size="small"
          value={shape}
          aria-label={t('statistics.shape')}
          options={SHAPES.map((value) => ({ value, label: t(`statistics.shape_${value}`) }))}
          onChange={setShape}
        />
      </div>
      <div className="chart" ref={frame} role="img" aria-label={t('statistics.chart', told(data))} />
    </>
  )
}

const told = ({ total, steps }: Statistics) => ({ calls: total.calls, steps: steps.length })

const sum = (step: Statistics['steps'][number], key: keyof Figures) =>
  step.inbound[key] + step.outbound[key] + step.internal[key]

function series(shape: Shape, { steps }: Statistics, colour: (name: string) => string) {
  switch (shape) {
    case 'outcome':
      return [
        { key: 'answered', tint: colour('--bar-good'), values: steps.map((step) => sum(step, 'answered')) },
        { key: 'missed', tint: colour('--bar-warn'), values: steps.map((step) => sum(step, 'missed')) },
      ]
    case 'direction':
      return (['inbound', 'outbound', 'internal'] as const).map((key) => ({
        key,
        tint: colour(`--bar-${key}`),
        values: steps.map((step) => step[key].calls),
      }))
    case 'talk':
      return [
        {
          key: 'talk',
          tint: colour('--bar-inbound'),
          values: steps.map((step) => Math.round(sum(step, 'talk_ms') / 6_000) / 10),
        },
      ]
  }
}

function nameOf(at: number, by: By): string {
  if (by === 'hour') return hourOf(at)
  return by === 'month' ? monthOf(at) : dayShort(at)
}
