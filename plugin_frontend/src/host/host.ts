/** The page that the tab stands in. */
export interface Host {
  /** Rules for typefaces that the page around has; none where it has none. */
  fonts(): string;
  /** The deep link's parameters from the page's address. */
  readAddress(): Record<string, string>;
  /** The filter of runs that the page around keeps; empty for none. */
  readRunFilter(): string;
  /**
   * Writes the parameters into the page's address, so that it can be shared and reloaded.
   *
   * @param leave whether "back" is to lead to the address before.
   */
  writeAddress(parameters: Record<string, string>, leave: boolean): void;
  /** Calls back when the user goes back or forward. */
  onAddress(callback: () => void): void;
  /** An address that holds these parameters; null where the page has none that leads to it. */
  linkTo(parameters: Record<string, string>): string | null;
  /** Calls back with whether it is dark, at once and whenever that changes. */
  watchDarkMode(apply: (dark: boolean) => void): void;
  /** Changes between light and dark; null where the page around decides that. */
  readonly switchTheme: (() => void) | null;
  /** Calls back when the tab comes to be seen or is no longer, if there is anything to ask then. */
  watchVisibility(apply: (visible: boolean) => void): void;
  /** Takes the keyboard, so that keys work before the first click, unless others need it. */
  focus(): void;
  /** Calls back when the page around loads its data anew. */
  onReload(callback: () => void): void;
}
