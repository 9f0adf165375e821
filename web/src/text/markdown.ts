// Markdown to harmless DOM. Loaded when a preview is first shown.
//
// Nothing a memo says may run code, look like the app, or make the browser fetch anything. HTML in
// a memo is shown as it was written, but for a few tags that only style words; images from
// elsewhere become links; links open without a way back. What is left passes a sanitiser, and the
// CSP forbids the rest.

import DOMPurify, { type Config } from 'dompurify';
import { Marked } from 'marked';

const kConfig: Config = {
  ALLOWED_TAGS: [
    'a',
    'b',
    'blockquote',
    'br',
    'code',
    'dd',
    'del',
    'div',
    'dl',
    'dt',
    'em',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'hr',
    'i',
    'img',
    'input',
    'ins',
    'kbd',
    'li',
    'mark',
    'ol',
    'p',
    'pre',
    's',
    'span',
    'strong',
    'sub',
    'sup',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
    'ul',
  ],
  ALLOWED_ATTR: ['href', 'src', 'alt', 'title', 'align', 'checked', 'disabled', 'start', 'type'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

const kPlainTags = 'b|br|del|em|i|ins|kbd|mark|s|strong|sub|sup';
const kEscapedPlainTag = new RegExp(`&lt;(/?(?:${kPlainTags}))\\s*/?&gt;`, 'gi');
const kLink = /^(https?:|mailto:|tel:)/i;
const kInlineImage = /^data:image\/(png|jpeg|gif|webp);base64,/i;

// The page has its own first heading: those of a memo start one level below.
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    // Never parsed as HTML: even a sanitiser's parser would set off the CSP.
    html: ({ text }) => escapeHtml(text).replace(kEscapedPlainTag, '<$1>'),
  },
  walkTokens: (token) => {
    if (token.type === 'heading') token['depth'] = Math.min(6, Number(token['depth']) + 1);
  },
});

export function renderMarkdown(markdown: string, imageNotLoaded: string): DocumentFragment {
  const html = marked.parse(markdown, { async: false });
  const fragment = DOMPurify.sanitize(html, kConfig) as unknown as DocumentFragment;
  for (const input of fragment.querySelectorAll('input')) keepCheckbox(input);
  for (const link of fragment.querySelectorAll('a')) tameLink(link);
  for (const image of fragment.querySelectorAll('img')) tameImage(image, imageNotLoaded);
  for (const table of fragment.querySelectorAll('table')) wrapTable(table);
  return fragment;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function keepCheckbox(input: HTMLInputElement): void {
  if (input.type !== 'checkbox') {
    input.remove();
    return;
  }
  input.disabled = true;
  input.setAttribute('aria-label', input.checked ? '✓' : '☐');
}

function tameLink(link: HTMLAnchorElement): void {
  if (!kLink.test(link.getAttribute('href') ?? '')) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
}

function tameImage(image: HTMLImageElement, imageNotLoaded: string): void {
  const source = image.getAttribute('src') ?? '';
  if (kInlineImage.test(source)) return;
  const text = `${image.alt || imageNotLoaded} ↗`;
  const insideLink = image.closest('a') !== null;
  if (insideLink || !/^https?:/i.test(source)) {
    image.replaceWith(text);
    return;
  }
  const link = document.createElement('a');
  link.href = source;
  link.title = imageNotLoaded;
  link.textContent = text;
  tameLink(link);
  image.replaceWith(link);
}

// A wide table scrolls by itself, within reach of the keyboard.
function wrapTable(table: HTMLTableElement): void {
  const frame = document.createElement('div');
  frame.className = 'table-frame';
  frame.tabIndex = 0;
  table.replaceWith(frame);
  frame.append(table);
}
