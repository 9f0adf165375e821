// @vitest-environment jsdom
// The same corpus runs in a real browser in e2e/markdown.e2e.ts; this is the quick half.
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './markdown.ts';
import { kHostileMarkdown } from './hostile.ts';

function render(markdown: string): HTMLElement {
  const element = document.createElement('div');
  element.append(renderMarkdown(markdown, 'not loaded'));
  return element;
}

describe('renderMarkdown', () => {
  it('starts headings below those of the page', () => {
    expect(render('# a\n\n###### b').innerHTML).toContain('<h2>a</h2>');
    expect(render('###### b').innerHTML).toContain('<h6>b</h6>');
  });

  it('opens links without a way back', () => {
    const link = render('[a](https://example.com/)').querySelector('a');
    expect(link?.rel).toBe('noopener noreferrer nofollow');
    expect(link?.target).toBe('_blank');
  });

  it('shows HTML as it was written, but for words it styles', () => {
    expect(render('press <kbd>Esc</kbd><br>or <b onclick="x">not').textContent?.trim()).toBe(
      'press Escor <b onclick="x">not',
    );
    expect(render('<KBD>Esc</KBD>').querySelector('kbd')?.textContent).toBe('Esc');
    expect(render('<div>\n\n*a*\n\n</div>').textContent?.replace(/\s+/g, '')).toBe('<div>a</div>');
  });

  it('makes a link of an image from elsewhere, and shows one that is in the text', () => {
    const remote = render('![a cat](https://example.com/cat.png)');
    expect(remote.querySelector('img')).toBeNull();
    expect(remote.querySelector('a')?.getAttribute('href')).toBe('https://example.com/cat.png');
    expect(remote.textContent).toContain('a cat');
    const inline = render('![dot](data:image/png;base64,iVBORw0KGgo=)');
    expect(inline.querySelector('img')?.alt).toBe('dot');
  });

  it('keeps task lists, to look at only', () => {
    const boxes = render('- [x] done\n- [ ] open').querySelectorAll('input');
    expect([...boxes].map((box) => [box.checked, box.disabled])).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it.each(kHostileMarkdown)('disarms %s', (hostile) => {
    const element = render(hostile);
    const allowed = /^(https?:|mailto:|tel:)/;
    for (const each of element.querySelectorAll('*')) {
      expect(each.tagName).not.toMatch(
        /^(SCRIPT|STYLE|IFRAME|OBJECT|EMBED|FORM|SVG|MATH|LINK|META|BASE|VIDEO|AUDIO|TEMPLATE|BUTTON)$/i,
      );
      for (const { name, value } of each.attributes) {
        expect(name).not.toMatch(/^(on|style$|id$|name$|srcset$|formaction$)/i);
        if (name === 'href') expect(value).toMatch(allowed);
        if (name === 'src') expect(value).toMatch(/^data:image\/(png|jpeg|gif|webp);/);
      }
    }
  });
});
