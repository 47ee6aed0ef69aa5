import { answersOf, bodyOf, EmbeddedSource } from './api/embedded_source';
import { start } from './app';
import { ReportPage } from './host/report_page';

/** Whether a page is a report, which says so first of all. */
export function isReport(page: Document): boolean {
  return page.documentElement.hasAttribute('data-featuremaps-report');
}

/** Shows the tab with what the page holds. */
export function startReport(page: Document): void {
  const answers = answersOf(page);
  const waiting = page.getElementById('featuremaps-waiting');
  if (!answers) {
    if (waiting) waiting.textContent = 'This report is cut short: its file is not whole.';
    return;
  }
  waiting?.remove();
  const source = new EmbeddedSource(answers, (place) => bodyOf(page, place));
  start(page, source, new ReportPage(window));
}
