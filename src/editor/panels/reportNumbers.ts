/** A number as a reader has it, with its thousands apart. */
export function countText(n: number): string {
  return n.toLocaleString('en');
}
