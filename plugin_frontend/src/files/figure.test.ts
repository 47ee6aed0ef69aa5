import { expect, test } from 'vitest';
import { layoutFigure, pictureDrawing, type Panel, type PictureSource } from './figure';
import { escaped } from './figure_svg';

const widthOf = (text: string) => 6 * text.length;
const panel = (title: string, width: number, height: number): Panel => ({
  title,
  drawing: pictureDrawing({ width, height } as PictureSource),
});

test.each([1, 2, 3])('nothing overlaps, and all lies within the figure, %i beside', (columns) => {
  const captions = ['r · conv1 · step 400', 'viridis'];
  const panels = [panel('step 0, long', 40, 20), panel('step 400', 50, 90), panel('c', 60, 10)];
  const figure = { panels, captions, bar: null, columns };
  const { width, height, items } = layoutFigure(figure, widthOf);
  const boxes = items.flatMap((item) => {
    if ('points' in item) return [];
    return item.kind === 'text'
      ? { x: item.x, y: item.y - 6, width: widthOf(item.text), height: 12 }
      : item;
  });
  expect(boxes).toHaveLength(8);
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
