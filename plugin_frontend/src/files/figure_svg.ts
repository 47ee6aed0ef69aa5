import { FONT, FONT_SIZE, INK, layoutFigure, type Figure, type Item } from './figure';
import type { PictureSource, Point } from './figure';
import { textWidth } from './figure_png';

/** A figure as SVG: the maps as pixels that stay sharp at any size, all text as text. */
export async function figureSvg(figure: Figure): Promise<string> {
  const { width, height, items } = layoutFigure(figure, textWidth);
  const parts = await Promise.all(items.map(svgOf));
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}" font-size="${FONT_SIZE}">`,
    `<title>${escaped(figure.captions[0] ?? '')}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

async function svgOf(item: Item): Promise<string> {
  switch (item.kind) {
    case 'text': {
      const place = `x="${item.x}" y="${item.y}" text-anchor="${item.anchor}"`;
      return `<text ${place} dominant-baseline="middle" fill="${INK}">${escaped(item.text)}</text>`;
    }
    case 'rect':
      return `<rect ${boxOf(item)} fill="${item.color}"/>`;
    case 'area':
      return `<polygon points="${pointsOf(item.points)}" fill="${item.color}"/>`;
    case 'line': {
      const dash = item.dash ? ` stroke-dasharray="${item.dash.join(' ')}"` : '';
      const stroke = `stroke="${item.color}" stroke-width="${item.width}"${dash}`;
      return `<polyline points="${pointsOf(item.points)}" fill="none" ${stroke}/>`;
    }
    case 'picture': {
      const data = await dataAddress(item.picture);
      const style = `image-rendering:pixelated;opacity:${item.opacity ?? 1}`;
      return `<image ${boxOf(item)} preserveAspectRatio="none" style="${style}" href="${data}"/>`;
    }
  }
}

function boxOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }) {
  return `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
}

function pointsOf(points: readonly Point[]): string {
  return points.map(([x, y]) => `${short(x)},${short(y)}`).join(' ');
}

/** A number with as many digits as are seen. */
function short(value: number): string {
  return String(Number(value.toFixed(3)));
}

async function dataAddress(picture: PictureSource): Promise<string> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext('2d')!.drawImage(picture, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
  const chunk = 0x8000; // as many arguments as a call surely takes
  let text = '';
  for (let at = 0; at < bytes.length; at += chunk) {
    text += String.fromCharCode(...bytes.subarray(at, at + chunk));
  }
  return `data:image/png;base64,${btoa(text)}`;
}

/** Text as XML takes it; characters that no XML may hold become �. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
