"""A page as plain text: what a person would read on it, and what can be touched."""

from __future__ import annotations

from contracts.pages import Page


def page_text(page: Page) -> str:
    """Heading, texts, figures, rows, field and elements, one a line."""
    lines = [f"[{page.kind.value}] {page.heading}"]
    if page.step_text:
        lines.append(f"  {page.step_text}")
    if page.lead:
        lines.append(f"  {page.lead}")
    lines += [f"  ({notice.tone.value}) {notice.text}" for notice in page.notices]
    lines += [f"  {figure.label}: {figure.value}" for figure in page.figures]
    lines += [f"  {row.label}: {row.value}" for row in page.rows]
    if page.field is not None:
        field = page.field
        lines.append(f"  {field.label}: [{field.value}] {field.unit} {field.hint}".rstrip())
        if field.error:
            lines.append(f"  ! {field.error}")
    if page.warning is not None:
        lines.append(f"  {page.warning.text} ({page.warning.seconds_left})")
    for button in page.buttons:
        state = "" if button.enabled else " (недоступно)"
        lines.append(f"  <{button.name}> {button.label}{state}" + (f" — {button.detail}" if button.detail else ""))
    return "\n".join(lines)
