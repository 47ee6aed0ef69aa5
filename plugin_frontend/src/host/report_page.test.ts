import { expect, test } from 'vitest';
import { ReportPage } from './report_page';

/** As much of a window as a page without TensorBoard asks for. */
function frameAt(address: string) {
  const location = new URL(address);
  const written: string[] = [];
  const write = (way: string) => (_: unknown, __: string, hash: string) => {
    written.push(`${way} ${hash}`);
    location.hash = hash;
  };
  const history = { pushState: write('push'), replaceState: write('replace') };
  const query = { matches: true, addEventListener: () => {} };
  const frame = { location, history, matchMedia: () => query } as unknown as Window;
  return { page: new ReportPage(frame), written };
}

test('a file holds its place in the hash, and links lead to it', () => {
  const { page, written } = frameAt('file:///a/report.html');
  const place = { run: 'a/b &=#日', step: '4' };
  page.writeAddress(place, false);
  page.writeAddress(place, true); // the same place again is no new one
  expect(page.readAddress()).toEqual(place);
  const link = page.linkTo({ run: 'x' });
  expect(link).toBe('file:///a/report.html#run=x');
  page.writeAddress({ run: 'x' }, true);
  expect(written.map((entry) => entry.split(' ')[0])).toEqual(['replace', 'push']);
});

test('a frame without an address writes none and gives no link', () => {
  const { page, written } = frameAt('about:srcdoc');
  page.writeAddress({ run: 'a' }, true);
  expect(written).toEqual([]);
  expect(page.linkTo({ run: 'a' })).toBeNull();
});

test('it is as dark as the system until it is switched', () => {
  const { page } = frameAt('about:srcdoc');
  const seen: boolean[] = [];
  page.watchDarkMode((dark) => seen.push(dark));
  page.switchTheme();
  page.switchTheme();
  expect(seen).toEqual([true, false, true]);
});
