import { formatValue } from '../derive/format';
import { ticksWithin } from '../derive/ticks';
import type { Picture, Range } from '../model/picture';
import { barPlace, barRange } from '../render/bars';
import { printColor } from '../render/palette';
import type { Drawing, Item } from './figure';

const [WIDTH, HEIGHT] = [640, 140];
const MOST_IN_A_ROW = 256;
const WIDEST_BAR = 24;
const [AXIS, BELOW, ABOVE] = [56, 30, 8];
/** Room for the number of a channel. */
const LABEL = 28;
const [GRID, ZERO] = ['#dfe1e5', '#5f6368'];

/** Channels of one value each as bars from zero, with the scale of their values: all as vectors. */
export function barsDrawing(
  { scale }: Picture,
  channels: readonly number[],
  range: Range,
): Drawing {
  const inRow = Math.max(1, Math.min(channels.length, MOST_IN_A_ROW));
  const pitch = Math.min(WIDEST_BAR, WIDTH / inRow);
  const whole = barRange(range);
  const items: Item[] = [];
  let top = ABOVE;
  for (let from = 0; from < channels.length; from += inRow) {
    const row = channels.slice(from, from + inRow);
    const y = (value: number) => top + HEIGHT * barPlace(value, whole);
    items.push(...valueAxis(whole, row.length * pitch, y));
    row.forEach((channel, cell) => {
      const ends = [y(0), y(scale.lo[channel] ?? 0)];
      const place = { x: AXIS + cell * pitch, y: Math.min(...ends), width: 0.8 * pitch };
      const height = Math.max(...ends) - Math.min(...ends);
      items.push({ kind: 'rect', ...place, height, color: printColor('--series-1') });
    });
    items.push(...numbers(row, pitch, top + HEIGHT + 12));
    top += HEIGHT + BELOW;
  }
  return { width: AXIS + inRow * pitch, height: top, items };
}

function valueAxis(range: Range, width: number, y: (value: number) => number): Item[] {
  return ticksWithin(range.low, range.high, 4).flatMap((tick): Item[] => [
    {
      ...{ kind: 'line', color: tick === 0 ? ZERO : GRID, width: 1 },
      points: [
        [AXIS, y(tick)],
        [AXIS + width, y(tick)],
      ],
    },
    { kind: 'text', text: formatValue(tick), x: AXIS - 6, y: y(tick), anchor: 'end' },
  ]);
}

/** The numbers of as many channels as there is room for. */
function numbers(row: readonly number[], pitch: number, y: number): Item[] {
  const every = Math.ceil(LABEL / pitch);
  return row.flatMap((channel, cell): Item[] => {
    if (cell % every) return [];
    const x = AXIS + (cell + 0.4) * pitch;
    return [{ kind: 'text', text: String(channel), x, y, anchor: 'middle' }];
  });
}
