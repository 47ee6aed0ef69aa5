/** Rows as RFC 4180 has them; nothing for null. */
export function toCsv(header: readonly string[], rows: readonly (number | null)[][]): string {
  const lines = [header.map(quoted), ...rows.map((row) => row.map((value) => value ?? ''))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
