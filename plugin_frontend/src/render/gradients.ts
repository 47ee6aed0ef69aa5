/** What one cell of the picture of gradients is made of. */
export interface GradientCell {
  /** From 0, no gradient, to 1; NaN where it isn't finite. */
  readonly brightness: number;
  /** What the terms have of the whole, from the bottom up. */
  readonly shares: readonly number[];
}

export interface GradientColors {
  /** One for each term. */
  readonly terms: readonly string[];
  readonly notFinite: string;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const GAP = 2;

/**
 * Paints layers × steps: each cell is divided by term, brighter for a larger gradient.
 *
 * @param cell null where nothing is known; that stays empty.
 */
export function paintGradients(
  context: Context,
  size: {
    readonly columns: number;
    readonly rows: number;
    readonly width: number;
    readonly height: number;
  },
  cell: (row: number, column: number) => GradientCell | null,
  colors: GradientColors,
): void {
  const { columns, rows, width, height } = size;
  context.clearRect(0, 0, width, height);
  const [cellWidth, cellHeight] = [width / columns, height / rows];
  const gap = cellWidth > 4 * GAP ? 1 : 0;
  for (let row = 0; row < rows; row++) {
    const bottom = Math.round((row + 1) * cellHeight) - GAP;
    const inner = Math.round(cellHeight) - GAP;
    for (let column = 0; column < columns; column++) {
      const found = cell(row, column);
      if (!found) continue;
      const [left, right] = [column, column + 1].map((edge) => Math.round(edge * cellWidth));
      const place = { left: left!, width: Math.max(1, right! - left! - gap), bottom, inner };
      paintCell(context, found, place, colors);
    }
  }
  context.globalAlpha = 1;
}

function paintCell(
  context: Context,
  { brightness, shares }: GradientCell,
  place: { left: number; width: number; bottom: number; inner: number },
  colors: GradientColors,
): void {
  const { left, width, bottom, inner } = place;
  if (Number.isNaN(brightness)) {
    context.globalAlpha = 1;
    context.fillStyle = colors.notFinite;
    // A cross-bar, which no gradient has.
    context.fillRect(left, bottom - inner / 2 - 1, width, 2);
    return;
  }
  context.globalAlpha = brightness;
  let from = 0;
  shares.forEach((share, term) => {
    const to = from + share;
    const [low, high] = [Math.round(from * inner), Math.round(to * inner)];
    context.fillStyle = colors.terms[term] ?? colors.notFinite;
    context.fillRect(left, bottom - high, width, high - low);
    from = to;
  });
}
