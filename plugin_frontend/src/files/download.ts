/** Hands the user a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Most file systems take 255 bytes; browsers add to a name that is there already. */
const LONGEST_BYTES = 200;

/** A name that every file system takes: names of runs and layers may hold anything. */
export function fileName(text: string): string {
  const safe = text.replace(/[^\p{Letter}\p{Number}._-]+/gu, '_').replace(/^\.+/, '');
  if (bytesOf(safe) <= LONGEST_BYTES) return safe;
  // Step and kind stand at the end, and tell one file from another.
  const letters = Array.from(safe);
  const start = fitting(letters).join('');
  return `${start}_${fitting(letters.toReversed()).toReversed().join('')}`;
}

/** The first letters, as many as have room in half a name. */
function fitting(letters: readonly string[]): readonly string[] {
  let room = LONGEST_BYTES / 2;
  const end = letters.findIndex((letter) => (room -= bytesOf(letter)) < 0);
  return end < 0 ? letters : letters.slice(0, end);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
