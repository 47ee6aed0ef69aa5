import { interpolateMagma, interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

export type ColormapName = 'viridis' | 'magma' | 'grey' | 'diverging';
export const COLORMAPS: readonly ColormapName[] = ['viridis', 'magma', 'grey', 'diverging'];

const tables = new Map<ColormapName, Uint32Array>();

/** 256 colours from the smallest to the largest value, as the pixels of an ImageData. */
export function colormap(name: ColormapName): Uint32Array {
  let table = tables.get(name);
  if (!table) {
    table = Uint32Array.from({ length: 256 }, (_, index) => pixelOf(name, index));
    tables.set(name, table);
  }
  return table;
}

/** A CSS gradient of the colours, for legends. */
export function gradient(name: ColormapName): string {
  const table = colormap(name);
  const stops = Array.from({ length: 17 }, (_, index) => cssOf(table[Math.min(255, index * 16)]!));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

function pixelOf(name: ColormapName, index: number): number {
  const [red, green, blue] = channelsOf(name, index);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function channelsOf(name: ColormapName, index: number): [number, number, number] {
  const share = index / 255;
  switch (name) {
    case 'grey':
      return [index, index, index];
    case 'viridis':
      return parseColor(interpolateViridis(share));
    case 'magma':
      return parseColor(interpolateMagma(share));
    case 'diverging':
      return parseColor(interpolateRdBu(1 - share));
  }
}

/** Reads "#rrggbb" and "rgb(r, g, b)". */
export function parseColor(color: string): [number, number, number] {
  const hex = /^#(..)(..)(..)$/.exec(color);
  if (hex) return [1, 2, 3].map((group) => parseInt(hex[group]!, 16)) as [number, number, number];
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
  return [red, green, blue];
}

function cssOf(pixel: number): string {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}
