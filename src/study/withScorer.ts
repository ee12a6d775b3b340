/** The member `scorer` stands only in `scoring`: the schema is strict. */
const SCORER_MEMBER = /("scorer"\s*:\s*)"[a-z_]*"/g;

/**
 * The text of a `sealong.json` with another scorer; the rest stays as it was written, where that can be told.
 *
 * @throws SyntaxError where the text is not JSON.
 */
export function withScorer(text: string, scorer: string): string {
  const body = text.replace(/^\uFEFF/, '');
  const parsed: unknown = JSON.parse(body);
  const json = isObject(parsed) ? parsed : {};
  const scoring = isObject(json['scoring']) ? json['scoring'] : {};
  const wanted = { ...json, scoring: { ...scoring, scorer } };
  const replaced = body.replace(SCORER_MEMBER, `$1${JSON.stringify(scorer)}`);
  return isSame(replaced, wanted) ? replaced : `${JSON.stringify(wanted, null, 2)}\n`;
}

function isSame(text: string, wanted: object): boolean {
  return JSON.stringify(JSON.parse(text)) === JSON.stringify(wanted);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
