/// <reference lib="dom" />
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentWithTab,
} from "npm:@codemirror/commands@6.11.1";
import { javascript } from "npm:@codemirror/lang-javascript@6.2.5";
import { markdown } from "npm:@codemirror/lang-markdown@6.5.2";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "npm:@codemirror/language@6.13.1";
import { EditorState, Prec } from "npm:@codemirror/state@6.7.6";
import { drawSelection, EditorView, keymap } from "npm:@codemirror/view@6.43.15";
import { tags } from "npm:@lezer/highlight@1.2.3";

/** What a cell's editor is told and tells. */
export interface EditorOptions {
  readonly text: string;
  readonly mode: string;
  /** What it is called for screen readers. */
  readonly label: string;
  readonly onChange: (text: string) => void;
  /** Shift+Enter. */
  readonly onRun: () => void;
  /** Escape. */
  readonly onClose: () => void;
}

// The kit's colours of code, so that the editor follows its themes.
const colors = HighlightStyle.define([
  { tag: tags.link, color: "var(--syntax-link)" },
  { tag: [tags.heading, tags.strong], fontWeight: "600" },
  { tag: tags.emphasis, color: "var(--syntax-emphasis)" },
  { tag: [tags.keyword, tags.typeName], color: "var(--syntax-keyword)" },
  { tag: tags.atom, color: "var(--syntax-atom)" },
  { tag: [tags.bool, tags.escape, tags.number], color: "var(--syntax-literal)" },
  { tag: [tags.string, tags.regexp], color: "var(--syntax-string)" },
  { tag: tags.comment, color: "var(--syntax-comment)" },
  { tag: tags.invalid, color: "var(--syntax-invalid)" },
  {
    tag: [tags.definition(tags.variableName), tags.className, tags.propertyName],
    color: "var(--syntax-definition)",
  },
]);

const look = EditorView.theme({
  "&": { font: "var(--monospace-font)", background: "var(--theme-background-alt)" },
  "&.cm-focused": { outline: "2px solid var(--theme-foreground-focus)" },
  ".cm-content": { fontFamily: "var(--monospace)", caretColor: "var(--theme-foreground)" },
  ".cm-cursor": { borderLeftColor: "var(--theme-foreground)" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.5" },
  "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { background: "color-mix(in srgb, var(--theme-foreground-focus) 24%, transparent)" },
});

/** An editor of a cell's text in a host element. */
export function openEditor(host: HTMLElement, options: EditorOptions): EditorView {
  const act = (action: () => void) => () => {
    action();
    return true;
  };
  const language = options.mode === "md"
    ? markdown()
    : javascript({ typescript: options.mode === "ts" });
  return new EditorView({
    parent: host,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        Prec.highest(keymap.of([
          { key: "Shift-Enter", run: act(options.onRun) },
          { key: "Mod-Enter", run: act(options.onRun) },
          { key: "Escape", run: act(options.onClose) },
        ])),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        syntaxHighlighting(colors),
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        language,
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}
