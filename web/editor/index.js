// The editor: CodeMirror 6 with YAML, problems at their lines, and the lines of the selected object tinted. Colours are the
// page's own variables, so that light and dark need no second theme. Tab indents; Escape, then Tab, leaves.

import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore, temporarilySetTabFocusMode } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { assist, place } from './assist.js';

const setTint = StateEffect.define();
const tintLine = Decoration.line({ class: 'cm-tint' });

/** The lines of the selected object, kept in place while the text around them changes. */
const tint = StateField.define({
  create: () => Decoration.none,
  update(lines, transaction) {
    let next = lines.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setTint)) next = tinted(transaction.state.doc, effect.value);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function tinted(doc, [first, last]) {
  const lines = [];
  for (let n = Math.max(1, first); n <= Math.min(last, doc.lines); n++) lines.push(tintLine.range(doc.line(n).from));
  return Decoration.set(lines);
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--blue)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--green)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--h1)' },
  { tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [tags.meta, tags.punctuation, tags.separator], color: 'var(--muted)' },
]);

const language = new Compartment();
const highlighted = [yaml(), syntaxHighlighting(colours)];
/** The parser recurses: brackets within brackets beyond this would exhaust the stack. Such a text is shown without colours. */
const DEEPEST = 500;

/** Lists within lists may also stand on one line, `- - - x`. */
const nestedLists = new RegExp(`(?:- ){${DEEPEST}}`);

function tooDeep(text) {
  if (nestedLists.test(text)) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '[' || sign === '{') {
      if (++depth > DEEPEST) return true;
    } else if ((sign === ']' || sign === '}') && depth > 0) depth--;
  }
  return false;
}

/** Turns the colours off in the same step that brings a text too deep for them. Only a paste can. */
const guard = EditorState.transactionExtender.of((transaction) => {
  let pasted = 0;
  transaction.changes.iterChanges((_from, _to, _start, _end, inserted) => (pasted += inserted.length));
  return pasted > DEEPEST && tooDeep(transaction.newDoc.toString()) ? { effects: language.reconfigure([]) } : null;
});

/** Where a problem of the page's lines and columns (from 1) is in the document. */
function at(doc, line, column) {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(found.from + Math.max(0, column - 1), found.to);
}

function diagnosticOf(doc, problem) {
  const from = at(doc, problem.line, problem.column);
  const sameLine = problem.endLine === problem.line;
  const to = sameLine ? at(doc, problem.endLine, problem.endColumn) : doc.lineAt(from).to;
  const words = [problem.message, problem.hint].filter(Boolean).join('\n');
  return { from, to: Math.max(from, to), severity: problem.error ? 'error' : 'warning', message: words };
}

/** Replaces the text by what the page makes of it; the cursor stays on its line. */
function format(view, on) {
  const { doc } = view.state;
  const text = doc.toString();
  const next = on.format(text);
  if (next === text) return;
  const [line] = place(doc, view.state.selection.main.head);
  view.dispatch({ changes: { from: 0, to: doc.length, insert: next }, userEvent: 'format' });
  const target = view.state.doc.line(Math.min(line, view.state.doc.lines));
  view.dispatch({ selection: { anchor: target.to }, scrollIntoView: true });
}

/**
 * Opens an editor inside `parent`. `on` has `change(text)`, `apply()`, `moved(line)` for the cursor that a person puts somewhere,
 * `format(text)`, and what `assist` takes.
 */
export function open(parent, text, label, on) {
  let quiet = false;
  const state = (doc) =>
    EditorState.create({
      doc,
      extensions: [
        lineNumbers(),
        foldGutter(),
        codeFolding(),
        lintGutter(),
        history(),
        drawSelection(),
        indentUnit.of('  '),
        EditorState.tabSize.of(2),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        assist(on),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        language.of(tooDeep(doc) ? [] : highlighted),
        guard,
        tint,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
        keymap.of([
          { key: 'Mod-Enter', run: () => (on.apply(), true) },
          { key: 'Shift-Alt-f', run: (view) => (format(view, on), true) },
          { key: 'Tab', run: indentMore, shift: indentLess },
          { key: 'Escape', run: temporarilySetTabFocusMode },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) on.change(update.state.doc.toString());
          if (update.transactions.some((one) => one.isUserEvent('select'))) on.moved(place(update.state.doc, update.state.selection.main.head)[0]);
        }),
      ],
    });
  const view = new EditorView({ state: state(text), parent });
  return {
    /** Shows another text; what could be undone before cannot be undone now. */
    setText(next) {
      if (next === view.state.doc.toString()) return;
      quiet = true;
      view.setState(state(next));
      quiet = false;
    },
    /** Marks problems, given as JSON. */
    setProblems(json) {
      const { doc } = view.state;
      view.dispatch(setDiagnostics(view.state, JSON.parse(json).map((problem) => diagnosticOf(doc, problem))));
    },
    /** Tints lines `first` to `last`; 0, 0 for none. They come into view, unless the person is in the editor. */
    setTint(first, last) {
      const effects = [setTint.of([first, last])];
      if (first > 0 && !view.hasFocus) effects.push(EditorView.scrollIntoView(at(view.state.doc, first, 1), { y: 'start', yMargin: 20 }));
      view.dispatch({ effects });
    },
    /** The two words of its own that the editor shows. */
    setWords(required, filled) {
      on.words = { required, filled };
    },
    /** Indents every line as it should be. */
    format() {
      format(view, on);
      view.focus();
    },
    /** Puts the cursor on a place and brings it into view. */
    reveal(line, column) {
      const position = at(view.state.doc, line, column);
      view.dispatch({ selection: { anchor: position }, effects: EditorView.scrollIntoView(position, { y: 'center' }) });
      view.focus();
    },
    close() {
      view.destroy();
    },
  };
}
