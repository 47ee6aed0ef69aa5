import type { Host } from './host';
import { watchSystemTheme } from './system_theme';

/** A page of the report's own: a file, or the frame of a notebook's cell, which has no address. */
export class ReportPage implements Host {
  private dark = false;
  private apply: (dark: boolean) => void = () => {};
  private readonly hasAddress: boolean;

  constructor(private readonly frame: Window) {
    this.hasAddress = frame.location.protocol !== 'about:';
  }

  fonts(): string {
    return ''; // A file brings none along: the system's typeface has to do.
  }

  readAddress(): Record<string, string> {
    return Object.fromEntries(new URLSearchParams(this.frame.location.hash.slice(1)));
  }

  readRunFilter(): string {
    return '';
  }

  writeAddress(parameters: Record<string, string>, leave: boolean): void {
    const { history, location } = this.frame;
    const hash = hashOf(parameters);
    if (!this.hasAddress || hash === location.hash) return;
    if (leave) history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
  }

  onAddress(callback: () => void): void {
    this.frame.addEventListener('popstate', callback);
  }

  linkTo(parameters: Record<string, string>): string | null {
    if (!this.hasAddress) return null;
    return this.frame.location.href.split('#')[0]! + hashOf(parameters);
  }

  /** The system's, until it is switched. */
  watchDarkMode(apply: (dark: boolean) => void): void {
    this.apply = apply;
    watchSystemTheme(this.frame, (dark) => this.show(dark));
  }

  readonly switchTheme = (): void => this.show(!this.dark);

  watchVisibility(): void {
    // Nothing new can come, whether it is seen or not.
  }

  focus(): void {
    if (this.hasAddress) this.frame.focus(); // In a notebook somebody may be typing.
  }

  onReload(): void {
    // Nobody loads it anew.
  }

  private show(dark: boolean): void {
    this.dark = dark;
    this.apply(dark);
  }
}

function hashOf(parameters: Record<string, string>): string {
  return `#${new URLSearchParams(parameters)}`;
}
