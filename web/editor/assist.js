// What is offered while typing, and what is said of the word under the pointer. The page knows both and answers as JSON;
// here they become CodeMirror's completion and tooltip.

import { autocompletion } from '@codemirror/autocomplete';
import { hoverTooltip } from '@codemirror/view';

const KINDS = { field: 'property', value: 'enum', name: 'variable' };

/** Line and column, from 1, of a position. */
export function place(doc, position) {
  const line = doc.lineAt(position);
  return [line.number, position - line.from + 1];
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** Documentation as paragraphs; the list of values, which stands at its end, is left to the completion. */
function paragraphs(doc) {
  const box = element('div', 'cm-doc');
  for (const part of doc.split('\n\nPossible enum values')[0].split(/\n{2,}/)) {
    if (part.trim()) box.append(element('p', '', part));
  }
  return box;
}

function option(words, { sort, label, insert, detail, required, doc, rank }) {
  return {
    label,
    apply: insert,
    type: KINDS[sort],
    detail: required ? `${detail} · ${words.required}` : detail,
    info: doc ? () => paragraphs(doc) : undefined,
    boost: rank,
  };
}

function source(on) {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    // Without being asked, only behind what was typed of a word, and where a value or an element begins.
    if (!context.explicit && !/[\w./"'-]$|[:-] $|[{,] ?$/.test(before)) return null;
    const answer = on.complete(context.state.doc.toString(), ...place(context.state.doc, context.pos));
    if (!answer) return null;
    const { column, suggestions } = JSON.parse(answer);
    return { from: line.from + column - 1, options: suggestions.map((one) => option(on.words, one)), validFor: /^[\w./-]*$/ };
  };
}

function tooltip(words, { path, ty, required, default: filled, ofValue, doc }) {
  const box = element('div', 'cm-explained');
  const head = element('div', 'cm-explained-head');
  head.append(element('code', 'cm-explained-path', path), element('code', 'cm-explained-type', ty));
  if (required) head.append(element('span', 'cm-explained-mark', words.required));
  box.append(head);
  if (filled) {
    const line = element('div', 'cm-explained-default', `${words.filled} `);
    line.append(element('code', '', filled));
    box.append(line);
  }
  if (ofValue) box.append(element('p', 'cm-explained-value', ofValue));
  box.append(paragraphs(doc));
  return box;
}

function hover(on) {
  return hoverTooltip((view, position) => {
    const [line, column] = place(view.state.doc, position);
    const answer = on.hover(view.state.doc.toString(), line, column);
    if (!answer) return null;
    const said = JSON.parse(answer);
    const from = view.state.doc.line(line).from;
    return { pos: from + said.column - 1, end: from + said.endColumn - 1, above: true, create: () => ({ dom: tooltip(on.words, said) }) };
  });
}

/** Completion and hover. `on` has `complete(text, line, column)`, `hover(text, line, column)` and `words`. */
export function assist(on) {
  return [
    autocompletion({
      override: [source(on)],
      icons: true,
      // A field that was chosen asks for its value at once.
      activateOnCompletion: (chosen) => chosen.type === 'property',
    }),
    hover(on),
  ];
}
