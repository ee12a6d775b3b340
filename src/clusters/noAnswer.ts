const KNOWN =
  '(?:mentioned|specified|stated|provided|given|available|found|known|determined|determinable|answered|identified|inferred|clear|included|possible|enough|sufficient)';
const SOURCE =
  '(?:passages?|documents?|context|contexts|text|texts|paragraphs?|sources?|information)';
const TELLS =
  '(?:mention|contain|provide|specify|state|say|give|include|tell|indicate|identify|answer|have|reveal|disclose)';

/** In normal form: lower case, no punctuation, no articles. */
const NO_ANSWER = new RegExp(
  [
    '^(?:unknown|na|n a|none given|unanswerable|undetermined|unspecified|unclear|uncertain|inconclusive|insufficient information|not sure|unsure)$',
    `^(?:answer |it |this )?(?:is |are |was )?not (?:explicitly |directly |clearly )?${KNOWN}\\b`,
    `^(?:answer |it |this |question )?(?:can ?not|cant|could not|couldnt) be (?:explicitly |directly )?${KNOWN}\\b`,
    `^(?:(?:im |i am )?sorry (?:but )?|unfortunately )?(?:i |we )?(?:can ?not|cant|could not|couldnt|am unable to|are unable to|unable to|do not|dont) (?:determine|answer|find|know|identify|say)\\b`,
    `\\b${SOURCE} (?:do|does|did) not (?:explicitly |directly |clearly )?${TELLS}\\b`,
    `^(?:there is )?(?:no|not enough|insufficient) (?:such |specific |relevant )?(?:information|mention|answer|evidence)\\b`,
  ].join('|'),
  'u',
);

/** Whether an answer says that there is none: all that do agree with one another, whatever their words. */
export function isNoAnswer(normalForm: string): boolean {
  return NO_ANSWER.test(normalForm);
}
