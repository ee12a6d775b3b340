import type { AnswerClusters } from '../clusters/answerClusters.ts';
import type { ActiveOverride } from '../preference/decisions.ts';
import type { Choice } from '../preference/pair.ts';
import type { DecisionRequest } from '../preference/recordDecision.ts';
import type { Opinion } from '../preference/settle.ts';
import type { QuestionState } from '../preference/studyPairs.ts';
import { seededRandom } from '../random.ts';
import type { DecisionRecord } from '../records/schemas.ts';

/** The numbers under which a reviewer sees the trajectories of a question; the files keep their own. */
export interface BlindNumbers {
  shown: (index: number) => number;
  actual: (shown: number) => number;
}

/**
 * Numbers drawn at random for answers that came from a dataset: its chosen one has always index 0, which would tell a blind
 * reviewer the side. They are those of this reviewer and question, the same whenever they are asked for.
 *
 * @returns undefined where the own numbers tell nothing, as those of samples.
 */
export function blindNumbers(
  { questionId, trajectories }: Pick<QuestionState, 'questionId' | 'trajectories'>,
  me: string,
): BlindNumbers | undefined {
  if (trajectories[0]?.imported === undefined) return undefined;
  const indices = trajectories.map(({ index }) => index);
  const drawn = [...indices];
  const random = seededRandom('blind numbers', me, questionId);
  for (let last = drawn.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [drawn[last], drawn[other]] = [drawn[other] ?? 0, drawn[last] ?? 0];
  }
  const shown = new Map(indices.map((index, place) => [index, drawn[place] ?? index]));
  const actual = new Map(indices.map((index, place) => [drawn[place] ?? index, index]));
  return {
    shown: (index) => shown.get(index) ?? index,
    actual: (number) => actual.get(number) ?? number,
  };
}

/** A question with other numbers throughout: trajectories, pair, decisions and answers. It has no score. */
export function renumbered(state: QuestionState, { shown }: BlindNumbers): QuestionState {
  const trajectories = state.trajectories
    .map((entry) => ({ ...entry, index: shown(entry.index) }))
    .sort((a, b) => a.index - b.index);
  const decision = (one: DecisionRecord) => renumberedDecision(one, shown);
  const choice = (side: Choice | undefined) =>
    side && { index: shown(side.index), override: side.override && decision(side.override) };
  const override = (side: ActiveOverride | undefined) =>
    side && { index: shown(side.index), decision: decision(side.decision) };
  const opinion = (one: Opinion): Opinion => ({
    ...one,
    pair: one.pair && {
      chosen: one.pair.chosen === undefined ? undefined : shown(one.pair.chosen),
      rejected: one.pair.rejected === undefined ? undefined : shown(one.pair.rejected),
    },
    own: {
      chosen: override(one.own.chosen),
      rejected: override(one.own.rejected),
      leaveOut: one.own.leaveOut && decision(one.own.leaveOut),
      last: one.own.last && decision(one.own.last),
    },
  });
  const pair: QuestionState['pair'] = {
    ...state.pair,
    chosen: choice(state.pair.chosen),
    rejected: choice(state.pair.rejected),
    opinions: state.pair.opinions.map(opinion),
  };
  const inForce = state.inForce.map(decision);
  let made: AnswerClusters | undefined;
  return {
    questionId: state.questionId,
    trajectories,
    score: undefined,
    decisions: state.decisions.map(decision),
    inForce,
    pair,
    // Made anew, since ties go to the lower number: in labels and in the order of clusters as well.
    get clusters() {
      return (made ??= state.clustersUnder(inForce, trajectories));
    },
    clustersUnder: (decisions) => state.clustersUnder(decisions, trajectories),
    pairUnder: () => pair,
  };
}

/** What a reviewer asks for by the numbers shown, by those of the files. */
export function withActualNumbers(
  request: DecisionRequest,
  { actual }: BlindNumbers,
): DecisionRequest {
  if (request.kind === 'answer') return { ...request, index: actual(request.index) };
  if (request.kind !== 'override') return request;
  const { chosen, rejected } = request;
  return {
    ...request,
    ...(chosen === undefined ? {} : { chosen: actual(chosen) }),
    ...(rejected === undefined ? {} : { rejected: actual(rejected) }),
  };
}

type Sides = NonNullable<DecisionRecord['previous']>;

function renumberedDecision(
  record: DecisionRecord,
  shown: (index: number) => number,
): DecisionRecord {
  const sides = <Of extends Sides>(of: Of): Of => ({
    ...of,
    chosen: of.chosen === null ? null : shown(of.chosen),
    rejected: of.rejected === null ? null : shown(of.rejected),
  });
  const { chosen, rejected, index, previous, result } = record;
  return {
    ...record,
    ...(chosen === undefined ? {} : { chosen: shown(chosen) }),
    ...(rejected === undefined ? {} : { rejected: shown(rejected) }),
    ...(index === undefined ? {} : { index: shown(index) }),
    ...(previous === undefined ? {} : { previous: sides(previous) }),
    ...(result === undefined ? {} : { result: sides(result) }),
    ...(record.shown === undefined ? {} : { shown: { ...record.shown, ...sides(record.shown) } }),
  };
}
