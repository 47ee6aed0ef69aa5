import { parseColor } from '../render/colormap';

type Triple = readonly [number, number, number];

/** sRGB to how it is seen with deuteranopia (Machado, Oliveira, Fernandes 2009; severity 1). */
const DEUTERANOPIA: readonly Triple[] = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
];

/** Linear sRGB to CIE XYZ, each as a share of the white D65. */
const XYZ: readonly Triple[] = [
  [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339 / 1.08883, 0.119192 / 1.08883, 0.9503041 / 1.08883],
];

function times(matrix: readonly Triple[], vector: Triple): Triple {
  return matrix.map((row) =>
    row.reduce((sum, x, i) => sum + x * vector[i]!, 0),
  ) as unknown as Triple;
}

function linear(color: string): Triple {
  const of = (byte: number) =>
    byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4;
  return parseColor(color).map(of) as unknown as Triple;
}

/** CIELAB of a colour, as it is, or as it is seen with deuteranopia. */
export function labOf(color: string, deuteranopia: boolean): Triple {
  const seen = deuteranopia ? times(DEUTERANOPIA, linear(color)) : linear(color);
  const within = seen.map((x) => Math.max(0, Math.min(1, x))) as unknown as Triple;
  const of = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const [x, y, z] = times(XYZ, within).map(of) as unknown as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** The colour difference CIEDE2000 (Sharma, Wu, Dalal 2005). */
export function deltaE([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const power = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const stretch = 1.5 - 0.5 * Math.sqrt(power / (power + 25 ** 7));
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)];
  const [h1, h2] = [degrees(b1, a1 * stretch), degrees(b2, a2 * stretch)];
  const turn = ((((h2 - h1 + 180) % 360) + 360) % 360) - 180;
  const [l, c, h] = [(l1 + l2) / 2, (c1 + c2) / 2, h1 + turn / 2];
  const hue = 2 * Math.sqrt(c1 * c2) * Math.sin(radians(turn / 2));
  const t =
    1 -
    0.17 * Math.cos(radians(h - 30)) +
    0.24 * Math.cos(radians(2 * h)) +
    0.32 * Math.cos(radians(3 * h + 6)) -
    0.2 * Math.cos(radians(4 * h - 63));
  const lightness = (l2 - l1) / (1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2));
  const chroma = (c2 - c1) / (1 + 0.045 * c);
  const hues = hue / (1 + 0.015 * c * t);
  const offset = (((h + 360) % 360) - 275) / 25;
  const twist = Math.sin(radians(60 * Math.exp(-(offset ** 2))));
  const rotation = -2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)) * twist;
  return Math.sqrt(lightness ** 2 + chroma ** 2 + hues ** 2 + rotation * chroma * hues);
}

/** The ratio of two colours' luminances as WCAG 2.2 defines it. */
export function contrast(a: string, b: string): number {
  const [first, second] = [a, b].map((color) => times(XYZ, linear(color))[1] + 0.05) as [
    number,
    number,
  ];
  return Math.max(first, second) / Math.min(first, second);
}

function degrees(y: number, x: number): number {
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180;
}
