import { expect, test } from 'vitest';
import { parseAddress } from './tensorboard_page';

test('own parameters are read from among others', () => {
  const hash = '#featuremaps&x=1&p.featuremaps.run=a%2Fb%20%E6%97%A5&p.other.run=c';
  expect(parseAddress(hash)).toEqual({ run: 'a/b 日' });
});

test('what is badly encoded stays as it is', () => {
  expect(parseAddress('#featuremaps&p.featuremaps.run=%E0%A4')).toEqual({ run: '%E0%A4' });
});
