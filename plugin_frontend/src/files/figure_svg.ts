import { FONT, FONT_SIZE, layoutFigure, type Figure, type Item, type Panel } from './figure';
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
  const { x, y } = item;
  if (item.kind === 'text') {
    const place = `x="${x}" y="${y}" text-anchor="${item.anchor}" dominant-baseline="middle"`;
    return `<text ${place} fill="#202124">${escaped(item.text)}</text>`;
  }
  const size = `width="${item.width}" height="${item.height}" preserveAspectRatio="none"`;
  const data = await dataAddress(item.picture);
  return `<image x="${x}" y="${y}" ${size} style="image-rendering:pixelated" href="${data}"/>`;
}

async function dataAddress(picture: Panel['picture']): Promise<string> {
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
