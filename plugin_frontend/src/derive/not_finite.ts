import { statisticOf, type StatisticsAt } from '../model/statistics';
import { memoisedBy } from './memo';

const NONE: readonly number[] = [];

function channelsWith(
  at: StatisticsAt,
  probe: number,
  isSo: (share: number) => boolean,
): readonly number[] {
  const channels = Array.from({ length: at.channels }, (_, channel) => channel);
  const found = channels.filter((channel) =>
    isSo(statisticOf(at, probe, channel, 'nonfinite') ?? 0),
  );
  return found.length ? found : NONE;
}

/** The channels of a probe in which a value is not finite: as levels they would count as others. */
export const notFiniteChannels = memoisedBy((at: StatisticsAt, probe: number) =>
  channelsWith(at, probe, (share) => share > 0),
);

/** Those in which none is: their range, from 0 to 0, stands for nothing. */
export const valuelessChannels = memoisedBy((at: StatisticsAt, probe: number) =>
  channelsWith(at, probe, (share) => share === 1),
);
