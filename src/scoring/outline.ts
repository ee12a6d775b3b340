import type { TrajectoryEntry } from '../study/entries.ts';
import type { StudyIndex } from '../study/studyIndex.ts';
import type { QuestionOutline } from './scorer.ts';

export function outlineOf(
  questionId: string,
  entries: readonly TrajectoryEntry[],
  index: StudyIndex,
): QuestionOutline {
  const question = index.questions.get(questionId);
  return {
    questionId,
    contextTokens: question?.contextTokens ?? 0,
    questionCharacters: question?.question.length ?? 0,
    texts: entries.map(({ text: digest, characters, completionTokens: tokens }) => ({
      digest,
      characters,
      tokens,
    })),
  };
}
