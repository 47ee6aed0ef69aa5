import type { Picture } from '../api/picture';

/** Decoded pictures, the least recently used dropped beyond a number of bytes. */
export class PictureCache {
  private readonly pictures = new Map<string, Picture>();
  private bytes = 0;

  constructor(private readonly limit: number) {}

  get(key: string): Picture | undefined {
    const picture = this.pictures.get(key);
    if (picture) {
      this.pictures.delete(key);
      this.pictures.set(key, picture);
    }
    return picture;
  }

  put(key: string, picture: Picture): void {
    if (this.pictures.has(key)) return;
    this.pictures.set(key, picture);
    this.bytes += picture.levels.byteLength;
    for (const [oldest, one] of this.pictures) {
      if (this.bytes <= this.limit || oldest === key) break;
      this.pictures.delete(oldest);
      this.bytes -= one.levels.byteLength;
    }
  }
}
