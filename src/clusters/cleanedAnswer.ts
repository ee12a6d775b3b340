/** Longer finds are cut: they are prose, not answers. In UTF-16 units. */
const LONGEST = 200;

const FRACTION = /\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g;
const TAGS = /<\/?[a-z][^<>]{0,40}>/giu;
const LATEX_WORDS = /\\(?:text|mathrm|mathbf)\{([^{}]*)\}/g;
/** As in Pandoc: no space within, no digit behind, so that sums of money stay. */
const LATEX = /\$(?=\S)([^$\n]*[^\s$])\$(?!\d)/g;
const ESCAPED = /\\([$%&#])/g;
/** Underscores within a word are its own. */
const MARKDOWN = /[*`]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu;

const SOURCES = '(?:passages?|documents?|paragraphs?|sources?|contexts?|texts?|docs?)';
/** "(Passage 3)", "[4]", "(from the second document)" at the end. */
const CITED = new RegExp(
  `(?:[\\s,;]*(?:\\[[\\d\\s,;–-]+\\]|[([][^()[\\]]*\\b${SOURCES}\\b[^()[\\]]*[)\\]])[\\s.]*)+$`,
  'iu',
);
/** ", as stated in passage 4", "according to the text". */
const REPORTED = new RegExp(
  `[\\s,;]+(?:as (?:stated|mentioned|described|noted|indicated|shown|given|seen|reported|per)(?: (?:in|by))?|according to|based on)\\s+(?:the |these |this )?(?:given |provided )?${SOURCES}\\b.*$`,
  'iu',
);
/** The sign of a number is its own. */
const EDGES = /^(?:[\s:,"'“”‘’「『《([{]|-(?!\.?\d))+|[\s.,;:!?。！？"'“”‘’」』》)\]}-]+$/gu;
/** Of a Japanese sentence, behind what it says. */
const COPULA = /[」』]?(?:です|でした|である)[。.]?\s*$/u;
const LEAD =
  /^(?:(?:that|indeed|likely|most likely|probably|therefore|thus|hence|simply|clearly|it (?:is|was))[,:]?\s+|(?:final )?answer["”]?\s*[:–—-]\s*["“]?|A:\s+)+/iu;
const YES_OR_NO = /^(yes|no)(?=\s*(?:[,.;:!–—-]|$))/iu;

/**
 * What was found without Markdown, quotes, the words that lead to an answer and those that say where it stands; of "Yes,
 * since ..." the yes.
 */
export function cleanedAnswer(found: string): string {
  const bare = found
    .slice(0, LONGEST * 2)
    .replace(FRACTION, '$1/$2')
    .replace(LATEX_WORDS, '$1')
    .replace(LATEX, '$1')
    .replace(ESCAPED, '$1')
    .replace(MARKDOWN, '')
    .replace(TAGS, '');
  const own = bare.replace(CITED, '').replace(REPORTED, '').replace(COPULA, '');
  const answer = closed((own.trim() === '' ? bare : own).replace(EDGES, ''))
    .replace(LEAD, '')
    .trim()
    .slice(0, LONGEST);
  return YES_OR_NO.exec(answer)?.[0] ?? answer;
}

/** With the bracket at its end that belongs to one within. */
function closed(answer: string): string {
  const open = answer.lastIndexOf('(');
  return open > answer.lastIndexOf(')') ? `${answer})` : answer;
}
