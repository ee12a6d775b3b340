/** What is used of the package, whose own declarations do not resolve under `nodenext` (imports without extensions). */
declare module '@huggingface/tokenizers' {
  export class Tokenizer {
    constructor(tokenizer: object, config: object);
    /** Without special tokens around the text; those that stand in it count as one. */
    tokenize(text: string): string[];
  }
}
