/** Calls back with whether the system is dark, at once and whenever that changes. */
export function watchSystemTheme(frame: Window, apply: (dark: boolean) => void): void {
  const query = frame.matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', () => apply(query.matches));
  apply(query.matches);
}
