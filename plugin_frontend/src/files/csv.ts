/** Rows as RFC 4180 has them; nothing for null. */
export function toCsv(header: readonly string[], rows: readonly (number | null)[][]): string {
  const lines = [header.map(quoted), ...rows.map((row) => row.map((value) => value ?? ''))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/**
 * A field of text. Spreadsheets run what begins like a formula, and names of runs and layers come
 * from anywhere: an apostrophe before it makes it text to them.
 */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return safe !== text || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
