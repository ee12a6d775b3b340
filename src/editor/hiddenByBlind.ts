import { SealongError } from '../errors.ts';
import type { OpenStudy } from './store/openStudy.ts';

/** @param what is hidden, with its verb: "margins are". */
export function hiddenByBlind({ name }: Pick<OpenStudy, 'name'>, what: string): SealongError {
  return new SealongError(
    'blind',
    `${name} is reviewed blind: ${what} hidden. Set review.blind to false in sealong.json when all have decided.`,
  );
}
