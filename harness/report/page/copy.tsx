/** A text to copy, with its button. Works from a file on disk too, where the clipboard may be out of reach. */

import type { JSX, TargetedMouseEvent } from "preact";
import { useState } from "preact/hooks";

interface Props {
  readonly what: string;
  readonly text: string;
  /** Of many lines. */
  readonly block?: boolean;
}

export function Copyable({ what, text, block = false }: Props): JSX.Element {
  const [said, setSaid] = useState("copy");
  const copy = (event: TargetedMouseEvent<HTMLButtonElement>): void => {
    const field = event.currentTarget.parentElement!.querySelector("textarea")!;
    field.select();
    const selected = (): void => setSaid("selected: press Ctrl+C");
    if (navigator.clipboard === undefined) selected();
    else navigator.clipboard.writeText(text).then(() => setSaid("copied"), selected);
  };
  const rows = block ? Math.min(24, text.split("\n").length) : 1;
  return (
    <div class="copyable">
      <textarea readOnly aria-label={what} rows={rows} spellcheck={false} wrap={block ? "off" : "soft"} value={text} />
      <button type="button" aria-label={`copy: ${what}`} onClick={copy} onBlur={() => setSaid("copy")}>
        {said}
      </button>
    </div>
  );
}
