import { conversation, longAlign, tulu, wildChat } from './conversations.ts';
import type { ExampleFormat } from './example.ts';
import { instruction, longAlpaca } from './longAlpaca.ts';
import { longMit } from './longMit.ts';
import { longRewardPreference, longRewardSft } from './longReward.ts';
import { preference } from './preference.ts';
import { ultraFeedback } from './ultraFeedback.ts';

/** Every format, the more particular before the more general: the first that recognises a row has it. */
export const EXAMPLE_FORMATS: readonly ExampleFormat[] = [
  ultraFeedback,
  longRewardPreference,
  preference,
  longRewardSft,
  longMit,
  wildChat,
  longAlign,
  tulu,
  longAlpaca,
  instruction,
  conversation,
];
