/**
 * The text of a `sealong.json` that samples another model: what went by the model without saying so, the one that is trained and the
 * tokenizer that counts, stays with that one.
 *
 * @param before the model that the study sampled, also where the text does not say it.
 * @throws SyntaxError where the text is not JSON.
 */
export function withSampledModel(text: string, before: string, model: string): string {
  const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  const json = isObject(parsed) ? parsed : {};
  const part = (name: string) => (isObject(json[name]) ? json[name] : {});
  const wanted = {
    ...json,
    questions: { tokenizer: before, ...part('questions') },
    sampling: { ...part('sampling'), model },
    training: { model: before, ...part('training') },
  };
  return `${JSON.stringify(wanted, null, 2)}\n`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
