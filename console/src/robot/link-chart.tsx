import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { LinkQuality } from './link-quality.ts';

const height = 120;

/** The round trip of the last two minutes; gaps are pings that were lost. */
export function LinkChart({ quality }: { readonly quality: LinkQuality }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let isGone = false;
    let stop = (): void => undefined;
    void Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]).then(([{ default: Plot }]) => {
      if (isGone) return;
      const chart = new Plot(optionsFor(element), [[], []], element);
      const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
      resized.observe(element);
      const stopReading = quality.samples.subscribe((samples) => {
        const since = samples.map(({ at }) => (at - performance.now()) / 1_000);
        chart.setData([since, samples.map(({ roundTripMs }) => roundTripMs)]);
      });
      stop = () => {
        stopReading();
        resized.disconnect();
        chart.destroy();
      };
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [quality]);
  return <div class="chart" ref={place} role="img" aria-label="Round trip over the last two minutes" />;
}

function optionsFor(element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const ink = style.getPropertyValue('--dim').trim();
  const line = style.getPropertyValue('--line').trim();
  const axis = {
    stroke: ink,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
    font: '11px system-ui',
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-120, 0] },
      y: { range: (_, __, most) => [0, Math.max(20, most * 1.2)] },
    },
    axes: [
      { ...axis, space: 60, values: (_, ticks) => ticks.map((s) => `${s} s`) },
      { ...axis, size: 60, space: 24, values: (_, ticks) => ticks.map((ms) => `${ms} ms`) },
    ],
    series: [{}, { stroke: style.getPropertyValue('--accent').trim(), width: 2, spanGaps: false }],
  };
}
