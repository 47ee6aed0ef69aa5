/** Hands the user a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A name that every file system takes: names of runs and layers may hold anything. */
export function fileName(text: string): string {
  const dot = text.lastIndexOf('.');
  const safe = (part: string) => part.replace(/[^\p{Letter}\p{Number}._-]+/gu, '_');
  return `${safe(text.slice(0, dot)).slice(0, 120)}${safe(text.slice(dot))}`;
}
