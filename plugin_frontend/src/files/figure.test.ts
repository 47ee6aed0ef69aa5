import { expect, test } from 'vitest';
import { layoutFigure, type Panel } from './figure';
import { escaped } from './figure_svg';

const widthOf = (text: string) => 6 * text.length;
const panel = (title: string, width: number, height: number): Panel => ({
  title,
  picture: { width, height } as Panel['picture'],
});

test('nothing overlaps, and all lies within the figure', () => {
  const captions = ['r · conv1 · step 400', 'viridis'];
  const panels = [panel('step 0, long', 40, 20), panel('step 400', 50, 90)];
  const { width, height, items } = layoutFigure({ panels, captions, bar: null }, widthOf);
  const boxes = items.map((item) =>
    item.kind === 'text'
      ? { x: item.x, y: item.y - 6, width: widthOf(item.text), height: 12 }
      : item,
  );
  for (const box of boxes) {
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
  }
  boxes.forEach((a, i) =>
    boxes.slice(i + 1).forEach((b) => {
      const apart =
        a.x + a.width <= b.x ||
        b.x + b.width <= a.x ||
        a.y + a.height <= b.y ||
        b.y + b.height <= a.y;
      expect(apart).toBe(true);
    }),
  );
});

test('names of runs can hold what XML can not', () => {
  expect(escaped('a<b>&"c"\u0000日')).toBe('a&#60;b&#62;&#38;&#34;c&#34;\ufffd日');
});
