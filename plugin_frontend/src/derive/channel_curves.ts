import { statisticOf, type Column, type Statistics } from '../model/statistics';
import { memoisedBy } from './memo';

/** A channel's statistics over the steps, as columns: steps, minimum, mean, maximum. */
export const channelColumns = memoisedBy(
  (statistics: Statistics, probe: number, channel: number): (number | null)[][] => {
    const column = (name: Column) =>
      statistics.map((at) => {
        const value = statisticOf(at, probe, channel, name);
        return value !== null && Number.isFinite(value) ? value : null;
      });
    return [statistics.map(({ step }) => step), column('min'), column('mean'), column('max')];
  },
);
