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

/** A channel's mean for each probe over the steps, as columns: one per probe. */
export const probeMeans = memoisedBy(
  (statistics: Statistics, probes: number, channel: number): readonly (number | null)[][] =>
    Array.from({ length: probes }, (_, probe) => channelColumns(statistics, probe, channel)[2]!),
);
