/** The words of a memo without Markdown's marks, for one or two lines in a list. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/```\w*|~~~\w*/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s{0,3}(#{1,6}\s+|>\s?|[-*+]\s+(\[[ xX]\]\s+)?|\d+[.)]\s+|(-{3,}|\*{3,})\s*$)/gm, '')
    .replace(/(\*\*|__|~~|`)/g, '')
    .replace(/\|/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
