/** What a judge is shown of a question. */
export interface QuestionText {
  question: string;
  context: string;
}
